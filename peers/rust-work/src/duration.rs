//! Durations as Go prints a `time.Duration`: `0s`, `417ns`, `1.5µs`, `4.812345ms`, `1.204s`.

use std::fmt;
use std::time::Duration;

use serde::{Serialize, Serializer};

/// Displays and serialises a duration in Go's notation, in the largest unit up to seconds that leaves a whole part.
///
/// Go goes on to minutes and hours; the contract stops at seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GoDuration(pub Duration);

impl fmt::Display for GoDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanoseconds = self.0.subsec_nanos();
        match (self.0.as_secs(), nanoseconds) {
            (0, 0) => f.write_str("0s"),
            (0, 1..1_000) => write!(f, "{nanoseconds}ns"),
            (0, 1_000..1_000_000) => write_decimal(f, nanoseconds / 1_000, nanoseconds % 1_000, 3, "µs"),
            (0, _) => write_decimal(f, nanoseconds / 1_000_000, nanoseconds % 1_000_000, 6, "ms"),
            (seconds, _) => write_decimal(f, seconds, nanoseconds, 9, "s"),
        }
    }
}

/// The whole part, the `digits` of the fraction without trailing zeros (and no point where nothing is left), the unit.
fn write_decimal(
    f: &mut fmt::Formatter<'_>,
    whole: impl fmt::Display,
    mut fraction: u32,
    mut digits: usize,
    unit: &str,
) -> fmt::Result {
    if fraction == 0 {
        return write!(f, "{whole}{unit}");
    }
    while fraction.is_multiple_of(10) {
        fraction /= 10;
        digits -= 1;
    }
    write!(f, "{whole}.{fraction:0digits$}{unit}")
}

impl Serialize for GoDuration {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_as_go_does() {
        for (nanoseconds, expected) in [
            (0, "0s"),
            (1, "1ns"),
            (417, "417ns"),
            (999, "999ns"),
            (1_000, "1µs"),
            (1_001, "1.001µs"),
            (1_500, "1.5µs"),
            (999_999, "999.999µs"),
            (1_000_000, "1ms"),
            (1_000_001, "1.000001ms"),
            (4_812_345, "4.812345ms"),
            (4_800_000, "4.8ms"),
            (999_999_999, "999.999999ms"),
            (1_000_000_000, "1s"),
            (1_000_000_001, "1.000000001s"),
            (1_204_000_000, "1.204s"),
            (75_500_000_000, "75.5s"),
        ] {
            assert_eq!(GoDuration(Duration::from_nanos(nanoseconds)).to_string(), expected);
        }
    }

    #[test]
    fn the_longest_duration_has_a_notation() {
        assert_eq!(GoDuration(Duration::MAX).to_string(), "18446744073709551615.999999999s");
    }

    #[test]
    fn serialises_to_a_string() {
        let json = serde_json::to_string(&GoDuration(Duration::from_nanos(1_500))).expect("a string serialises");
        assert_eq!(json, "\"1.5µs\"");
    }
}
