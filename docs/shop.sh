#!/usr/bin/env bash
# Creates the repository of the examples in this documentation, in the folder `shop`. Each run gives the same commits.
set -euo pipefail

[[ ! -e shop ]] || { echo 'shop exists already' >&2; exit 1; }
git init --quiet --initial-branch=main shop
cd shop
git config user.name Ada
git config user.email ada@shop.example
git config commit.gpgSign false
git config tag.gpgSign false
git config core.hooksPath /dev/null
git config core.autocrlf false
git remote add origin https://github.com/example/shop.git

# commit DAY FILE MESSAGE: a commit on that day of January 2026.
commit() {
  export GIT_AUTHOR_DATE="2026-01-${1}T12:00:00+00:00" GIT_COMMITTER_DATE="2026-01-${1}T12:00:00+00:00"
  mkdir -p "$(dirname "$2")"
  printf '%s\n' "$3" >>"$2"
  git add --all
  git commit --quiet --message "$3"
}

commit 01 apps/web/shop.ts 'feat: sell books (#1)'
git tag v1.0.0
commit 02 apps/api/price.go 'fix: round prices to the cent (#9)

Sums were off by a cent when a cart had several discounts.'
git tag v1.1.0-rc.1
commit 03 apps/api/cart.go 'feat(cart): add gift cards (#11)

Customers asked for a way to pay for friends, and vouchers worked only once.'
git tag v1.1.0

commit 05 apps/web/cart.ts 'feat(cart): keep the basket for `30 days` (#14)'
commit 06 apps/web/banner.ts 'feat: show a banner on Fridays'
export GIT_AUTHOR_DATE='2026-01-07T12:00:00+00:00' GIT_COMMITTER_DATE='2026-01-07T12:00:00+00:00'
git revert --no-edit HEAD >/dev/null
commit 08 apps/web/checkout.ts 'fix(checkout): charge once for a double click (#16)'
double_click=$(git rev-parse HEAD)
commit 09 apps/api/refund.go 'fix(checkout): 修正退款金額的四捨五入 (#17)'
mkdir -p db/migrations
echo 'ALTER TABLE prices ADD COLUMN currency TEXT;' >db/migrations/V7__currency.sql
commit 12 apps/api/price.go 'feat(api)!: prices carry a currency (#15)

BREAKING CHANGE: `price` is an object with `amount` and `currency`; it was a number.'
commit 13 apps/api/search.go 'perf(search): look up names by index (#18)'

# A hotfix: 1.1.1 is tagged on its own branch.
git checkout --quiet -b release/1.1 v1.1.0
export GIT_COMMITTER_DATE='2026-01-14T12:00:00+00:00'
git cherry-pick -x "$double_click" >/dev/null
git tag v1.1.1
git checkout --quiet main
