//! The exponential function. That of the platform's library may differ in the last bit from machine to machine; basic
//! arithmetic may not.

/// `e^x`, with an error below 1e-14 of the value.
pub(crate) fn exponential(x: f64) -> f64 {
    let halvings = (x * std::f64::consts::LOG2_E).round().clamp(-1022.0, 1023.0);
    let rest = x - halvings * std::f64::consts::LN_2;
    // The series of e^rest, for |rest| <= ln(2) / 2.
    let series = (1..=16).rev().fold(1.0, |sum, n| 1.0 + sum * rest / f64::from(n));
    #[expect(clippy::cast_possible_truncation, reason = "a whole number of at most four digits")]
    let exponent = halvings as i32;
    series * power_of_two(exponent)
}

fn power_of_two(exponent: i32) -> f64 {
    let biased = u64::try_from(exponent + 1023).unwrap_or_default();
    f64::from_bits(biased << 52)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_close_to_that_of_the_platform() {
        for step in -2000..2000 {
            let x = f64::from(step) / 20.0;
            let error = (exponential(x) / x.exp() - 1.0).abs();
            assert!(error < 1e-13, "{x}: {error}");
        }
        assert_eq!(exponential(0.0), 1.0);
    }
}
