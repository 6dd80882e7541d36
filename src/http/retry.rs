//! When a request is tried again, and after how long.

use std::time::Duration;

use backon::ExponentialBuilder;

use super::Response;

/// The first wait, doubled with each try, with jitter.
const FIRST_WAIT: Duration = Duration::from_millis(400);
/// The longest wait that we choose ourselves.
const LONGEST_WAIT: Duration = Duration::from_secs(20);
/// What GitHub asks for where a secondary limit names no time (docs.github.com, "Rate limits for the REST API").
const SECONDARY_WAIT: Duration = Duration::from_secs(60);

/// The waits between tries; `tries` counts all, the first too.
pub(super) fn waits(tries: usize) -> ExponentialBuilder {
    ExponentialBuilder::default()
        .with_min_delay(FIRST_WAIT)
        .with_max_delay(LONGEST_WAIT)
        .with_max_times(tries.saturating_sub(1))
        .with_jitter()
}

/// What an answer says about another try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is the answer.
    Final,
    /// The server has failed; it may do better.
    Failed,
    /// The server asks to come again after this time.
    Wait(Duration),
}

/// Reads an answer's status and headers: `Retry-After` (seconds or a date), `X-RateLimit-Reset` and GitLab's
/// `RateLimit-Reset` (seconds since 1970) where nothing is left of the limit. The server's own `Date` is the clock.
pub(super) fn verdict(response: &Response) -> Verdict {
    let status = response.status().as_u16();
    match status {
        429 | 403 => match asked_wait(response) {
            Some(wait) => Verdict::Wait(wait),
            None if status == 429 => Verdict::Failed,
            None if is_secondary(response) => Verdict::Wait(SECONDARY_WAIT),
            None => Verdict::Final,
        },
        503 => asked_wait(response).map_or(Verdict::Failed, Verdict::Wait),
        500 | 502 | 504 | 520..=524 => Verdict::Failed,
        // GitHub's GraphQL answers 200 where a limit is used up.
        200 if is_used_up(response) && says_limited(response) => {
            asked_wait(response).map_or(Verdict::Failed, Verdict::Wait)
        }
        _ => Verdict::Final,
    }
}

fn asked_wait(response: &Response) -> Option<Duration> {
    let now = date(response, "date");
    if let Some(text) = header(response, "retry-after") {
        let seconds = text.parse().ok().or_else(|| {
            let until = chrono::DateTime::parse_from_rfc2822(text).ok()?.timestamp();
            u64::try_from(until - now?).ok()
        });
        // A date that cannot be read, or that lies behind us, asks for no particular wait.
        return seconds.map(Duration::from_secs);
    }
    if !is_used_up(response) {
        return None;
    }
    let reset: i64 = ["x-ratelimit-reset", "ratelimit-reset"]
        .into_iter()
        .find_map(|name| header(response, name))?
        .parse()
        .ok()?;
    // One second more: the clocks of a limit and of its server need not agree to the second.
    Some(Duration::from_secs(u64::try_from(reset - now?).unwrap_or(0) + 1))
}

fn is_used_up(response: &Response) -> bool {
    ["x-ratelimit-remaining", "ratelimit-remaining"]
        .into_iter()
        .any(|name| header(response, name).is_some_and(|left| left == "0"))
}

fn is_secondary(response: &Response) -> bool {
    let start = response.body().get(..response.body().len().min(2_000)).unwrap_or_default();
    String::from_utf8_lossy(start).contains("secondary rate limit")
}

fn says_limited(response: &Response) -> bool {
    let start = response.body().get(..response.body().len().min(2_000)).unwrap_or_default();
    String::from_utf8_lossy(start).contains("RATE_LIMITED")
}

fn header<'r>(response: &'r Response, name: &str) -> Option<&'r str> {
    response.headers().get(name)?.to_str().ok().map(str::trim)
}

fn date(response: &Response, name: &str) -> Option<i64> {
    Some(chrono::DateTime::parse_from_rfc2822(header(response, name)?).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Verdict {
        let mut response = http::Response::builder().status(status);
        for (name, value) in headers {
            response = response.header(*name, *value);
        }
        verdict(&response.body(Bytes::from(body.to_owned())).unwrap())
    }

    const DATE: (&str, &str) = ("date", "Sat, 21 Nov 2026 08:00:00 GMT");

    #[test]
    fn pitfall_28_limits_are_read() {
        let seconds = |seconds| Verdict::Wait(Duration::from_secs(seconds));
        assert_eq!(answer(429, &[("retry-after", "7")], ""), seconds(7));
        assert_eq!(answer(403, &[DATE, ("retry-after", "Sat, 21 Nov 2026 08:00:30 GMT")], ""), seconds(30));
        // 2026-11-21T08:01:00Z
        let reset = ("x-ratelimit-reset", "1795248060");
        assert_eq!(answer(403, &[DATE, ("x-ratelimit-remaining", "0"), reset], ""), seconds(61));
        assert_eq!(answer(403, &[DATE, ("x-ratelimit-remaining", "12"), reset], ""), Verdict::Final);
        let secondary = r#"{"message":"You have exceeded a secondary rate limit."}"#;
        assert_eq!(answer(403, &[], secondary), seconds(60));
        let graphql = r#"{"errors":[{"type":"RATE_LIMITED"}]}"#;
        assert_eq!(answer(200, &[DATE, ("x-ratelimit-remaining", "0"), reset], graphql), seconds(61));
        assert_eq!(answer(200, &[DATE, ("x-ratelimit-remaining", "0"), reset], "{}"), Verdict::Final);
    }

    #[test]
    fn only_what_may_get_better_is_tried_again() {
        assert_eq!(answer(502, &[], ""), Verdict::Failed);
        assert_eq!(answer(429, &[], ""), Verdict::Failed);
        assert_eq!(answer(429, &[("retry-after", "soon")], ""), Verdict::Failed);
        for status in [200, 201, 304, 400, 401, 403, 404, 409, 422, 501] {
            assert_eq!(answer(status, &[], "no"), Verdict::Final, "{status}");
        }
    }
}
