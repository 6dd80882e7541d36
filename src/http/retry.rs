//! Decides whether to retry a request, and after how long.

use std::time::Duration;

use backon::ExponentialBuilder;

use super::Response;

/// The first delay, doubled with each attempt, with jitter.
const FIRST_DELAY: Duration = Duration::from_millis(400);
/// The longest delay if the server does not ask for one.
const LONGEST_DELAY: Duration = Duration::from_secs(20);
/// GitHub's documented wait for a secondary rate limit without a time (docs.github.com, "Rate limits for the REST
/// API").
const SECONDARY_WAIT: Duration = Duration::from_secs(60);

/// The delays between attempts; `attempts` includes the first.
#[must_use]
pub fn backoff(attempts: usize) -> ExponentialBuilder {
    ExponentialBuilder::default()
        .with_min_delay(FIRST_DELAY)
        .with_max_delay(LONGEST_DELAY)
        .with_max_times(attempts.saturating_sub(1))
        .with_jitter()
}

/// What to do after a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decision {
    /// Return it.
    Final,
    /// Retry with backoff: the failure may be temporary.
    Retry,
    /// Retry after this time, as the server asks.
    RetryAfter(Duration),
}

/// Evaluates a response's status and headers: `Retry-After` (seconds or a date), and `X-RateLimit-Reset` or GitLab's
/// `RateLimit-Reset` (seconds since 1970) if the rate limit is exhausted. Times are relative to the server's own
/// `Date`.
pub(super) fn decide(response: &Response) -> Decision {
    let status = response.status().as_u16();
    match status {
        429 | 403 => match requested_wait(response) {
            Some(wait) => Decision::RetryAfter(wait),
            None if status == 429 => Decision::Retry,
            None if is_secondary_limit(response) => Decision::RetryAfter(SECONDARY_WAIT),
            None => Decision::Final,
        },
        503 => requested_wait(response).map_or(Decision::Retry, Decision::RetryAfter),
        500 | 502 | 504 | 520..=524 => Decision::Retry,
        // GitHub's GraphQL API returns 200 when the rate limit is exhausted.
        200 if is_exhausted(response) && reports_rate_limit(response) => {
            requested_wait(response).map_or(Decision::Retry, Decision::RetryAfter)
        }
        _ => Decision::Final,
    }
}

fn requested_wait(response: &Response) -> Option<Duration> {
    let now = date(response, "date");
    if let Some(text) = header(response, "retry-after") {
        let seconds = text.parse().ok().or_else(|| {
            let until = chrono::DateTime::parse_from_rfc2822(text).ok()?.timestamp();
            u64::try_from(until - now?).ok()
        });
        // An invalid date, or one in the past, is no specific wait.
        return seconds.map(Duration::from_secs);
    }
    if !is_exhausted(response) {
        return None;
    }
    let reset: i64 = ["x-ratelimit-reset", "ratelimit-reset"]
        .into_iter()
        .find_map(|name| header(response, name))?
        .parse()
        .ok()?;
    // One second more: the clocks of the rate limiter and of the server may differ by a second.
    Some(Duration::from_secs(u64::try_from(reset - now?).unwrap_or(0) + 1))
}

fn is_exhausted(response: &Response) -> bool {
    ["x-ratelimit-remaining", "ratelimit-remaining"]
        .into_iter()
        .any(|name| header(response, name).is_some_and(|left| left == "0"))
}

fn is_secondary_limit(response: &Response) -> bool {
    let start = response.body().get(..response.body().len().min(2_000)).unwrap_or_default();
    String::from_utf8_lossy(start).contains("secondary rate limit")
}

fn reports_rate_limit(response: &Response) -> bool {
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

    fn decision(status: u16, headers: &[(&str, &str)], body: &str) -> Decision {
        let mut response = http::Response::builder().status(status);
        for (name, value) in headers {
            response = response.header(*name, *value);
        }
        decide(&response.body(Bytes::from(body.to_owned())).unwrap())
    }

    const DATE: (&str, &str) = ("date", "Sat, 21 Nov 2026 08:00:00 GMT");

    #[test]
    fn rate_limit_headers_set_the_wait() {
        let seconds = |seconds| Decision::RetryAfter(Duration::from_secs(seconds));
        assert_eq!(decision(429, &[("retry-after", "7")], ""), seconds(7));
        assert_eq!(decision(403, &[DATE, ("retry-after", "Sat, 21 Nov 2026 08:00:30 GMT")], ""), seconds(30));
        // 2026-11-21T08:01:00Z
        let reset = ("x-ratelimit-reset", "1795248060");
        assert_eq!(decision(403, &[DATE, ("x-ratelimit-remaining", "0"), reset], ""), seconds(61));
        assert_eq!(decision(403, &[DATE, ("x-ratelimit-remaining", "12"), reset], ""), Decision::Final);
        let secondary = r#"{"message":"You have exceeded a secondary rate limit."}"#;
        assert_eq!(decision(403, &[], secondary), seconds(60));
        let graphql = r#"{"errors":[{"type":"RATE_LIMITED"}]}"#;
        assert_eq!(decision(200, &[DATE, ("x-ratelimit-remaining", "0"), reset], graphql), seconds(61));
        assert_eq!(decision(200, &[DATE, ("x-ratelimit-remaining", "0"), reset], "{}"), Decision::Final);
    }

    #[test]
    fn only_temporary_failures_are_retried() {
        assert_eq!(decision(502, &[], ""), Decision::Retry);
        assert_eq!(decision(429, &[], ""), Decision::Retry);
        assert_eq!(decision(429, &[("retry-after", "soon")], ""), Decision::Retry);
        for status in [200, 201, 304, 400, 401, 403, 404, 409, 422, 501] {
            assert_eq!(decision(status, &[], "no"), Decision::Final, "{status}");
        }
    }
}
