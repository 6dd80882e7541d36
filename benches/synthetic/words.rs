//! Words for messages, names and paths.

pub(super) const PEOPLE: &[&str] = &[
    "Ada Lovelace <ada@example.com>",
    "陳美玲 <meiling.chen@example.com>",
    "Grace Hopper <grace@example.com>",
    "王小明 <xiaoming.wang@example.com>",
    "Edsger Dijkstra <edsger@example.com>",
    "林志豪 <12345+jhihao@users.noreply.github.com>",
    "Barbara Liskov <barbara@example.com>",
    "José Núñez <jose@example.com>",
    "Frances Allen <frances@example.com>",
    "Søren Ærø <soren@example.com>",
    "Radia Perlman <radia@example.com>",
    "Ken Iverson <ken@example.com>",
    "Lynn Conway <lynn@example.com>",
    "Tony Hoare <tony@example.com>",
    "Mary Shaw <mary@example.com>",
    "Niklaus Wirth <niklaus@example.com>",
    "Jean Bartik <jean@example.com>",
    "John Backus <john@example.com>",
    "Adele Goldberg <adele@example.com>",
    "Dana Scott <dana@example.com>",
];

pub(super) const BOT: &str = "dependabot[bot] <49699333+dependabot[bot]@users.noreply.github.com>";

pub(super) const OFFSETS: &[&str] = &["+0800", "+0000", "+0100", "-0500", "-0800", "+0530"];

pub(super) const PACKAGES: &[&str] =
    &["api", "web", "core", "cli", "auth", "billing", "orders", "search", "mail", "export", "admin", "sdk"];

pub(super) const FOLDERS: &[&str] =
    &["service", "model", "view", "route", "store", "client", "query", "event", "format", "policy"];

pub(super) const KINDS: &[&str] =
    &["fix", "feat", "chore", "refactor", "docs", "test", "ci", "perf", "build", "style", "Fix", "feature"];

pub(super) const VERBS: &[&str] = &[
    "add", "support", "handle", "avoid", "rename", "keep", "check", "show", "allow", "remove", "prevent",
    "move", "cache", "retry", "reject", "split", "measure", "restore", "log", "validate",
];

pub(super) const NOUNS: &[&str] = &[
    "the order export",
    "expired sessions",
    "empty baskets",
    "the search index",
    "`Option<T>` fields",
    "time zones",
    "invoice numbers",
    "@mentions in comments",
    "the login page",
    "webhook signatures",
    "large uploads",
    "the retry queue",
    "currency rounding",
    "stale locks",
    "the admin menu",
    "nested_scopes in *.toml",
    "image tags",
    "slow queries on `orders`",
    "the rate limit",
    "database migrations",
];

pub(super) const ENDS: &[&str] = &[
    "",
    "",
    "",
    "on start",
    "for guests",
    "when the list is empty",
    "in the v2 API",
    "behind a flag",
    "after a timeout",
    "on Windows",
    "for customers with several accounts",
    "without a restart",
];

pub(super) const CHINESE: &[&str] = &[
    "新增訂單匯出功能",
    "修正登入逾時的問題",
    "調整發票編號的產生方式",
    "支援多國語系",
    "修复搜索结果为空时的错误",
    "优化数据库查询性能",
    "移除過期的設定",
    "更新部署流程與文件",
    "避免重複寄送通知信",
    "重构权限检查",
];

pub(super) const SENTENCES: &[&str] = &[
    "The old code looked the value up for each row, which took most of the time on large accounts.",
    "Nobody relied on the former order, and the tests that did were wrong.",
    "This was seen in production after the last migration and could be reproduced with an empty table.",
    "A request that comes in while the lock is held now waits instead of failing.",
    "The limit is read from the configuration; where there is none, it stays at 100.",
    "See the discussion in the design document for what else was tried.",
    "`parse` returned `None` for both cases, so that the caller could not tell them apart.",
    "Note that this changes what is logged, not what is stored.",
    "The client sends the header twice behind some proxies, and we took the first.",
    "Measured on the staging data: 1,240 ms before, 85 ms after.",
    "這個修改不影響既有的資料，部署前不需要額外的步驟。",
    "问题出在缓存没有及时失效，现在每次写入后都会清除。",
];

pub(super) const PROJECTS: &[&str] =
    &["serde", "tokio", "left-pad", "@types/node", "webpack", "log4j", "openssl"];
