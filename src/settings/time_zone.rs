//! Parses the time zone of dates.

use crate::error::Error;

/// Parses `recorded`, `UTC` or an offset such as `+08:00` to minutes east of UTC; `None` means "as recorded in the
/// commit".
pub(super) fn offset(text: Option<&str>) -> Result<Option<i32>, Error> {
    let invalid = |text: &str| {
        Error::usage(
            format!("`{text}` is not a valid time zone"),
            Some("use recorded, UTC, or an offset such as +08:00"),
        )
    };
    match text {
        None | Some("recorded") => Ok(None),
        Some(utc) if utc.eq_ignore_ascii_case("utc") => Ok(Some(0)),
        Some(text) => {
            let (sign, rest) = match text.split_at_checked(1) {
                Some(("+", rest)) => (1, rest),
                Some(("-", rest)) => (-1, rest),
                _ => return Err(invalid(text)),
            };
            let (hours, minutes) = rest.split_once(':').ok_or_else(|| invalid(text))?;
            let number =
                |digits: &str, most: i32| digits.parse().ok().filter(|number| (0..=most).contains(number));
            match (number(hours, 14), number(minutes, 59)) {
                (Some(hours), Some(minutes)) => Ok(Some(sign * (hours * 60 + minutes))),
                _ => Err(invalid(text)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_utc_and_offsets() {
        assert_eq!(offset(None).unwrap(), None);
        assert_eq!(offset(Some("recorded")).unwrap(), None);
        assert_eq!(offset(Some("utc")).unwrap(), Some(0));
        assert_eq!(offset(Some("+08:00")).unwrap(), Some(480));
        assert_eq!(offset(Some("-03:30")).unwrap(), Some(-210));
        for bad in ["", "8", "+8", "Asia/Taipei", "+99:00", "+08:99"] {
            assert!(offset(Some(bad)).is_err(), "{bad}");
        }
    }
}
