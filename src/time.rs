//! The clock, and the ways in which a moment is written. What holds a moment holds a [`UnixMillis`]; a length of
//! time is a [`std::time::Duration`], or milliseconds in an integer.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::ops::{Add, Sub};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A moment: milliseconds since 1970-01-01 00:00 UTC, which is also how JSON documents hold it. Sums and
/// differences stop at the ends of the range.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UnixMillis(pub i64);

/// This moment, by the clock of the system, which may be set to any year: `Timestamp::now()` panics beyond 9999.
pub fn now() -> UnixMillis {
    let ms = |length: Duration| i64::try_from(length.as_millis()).unwrap_or(i64::MAX);
    UnixMillis(match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => ms(since),
        Err(before) => -ms(before.duration()),
    })
}

impl UnixMillis {
    /// A number of milliseconds in a document; a fraction of one is dropped. None: it is no number.
    pub fn from_json(value: &Value) -> Option<UnixMillis> {
        #[expect(clippy::cast_possible_truncation, reason = "it saturates")]
        value.as_f64().map(|ms| UnixMillis(ms as i64))
    }

    /// For the formats that are not here; the epoch for what lies beyond the years -9999 to 9999.
    pub fn timestamp(self) -> Timestamp {
        Timestamp::from_millisecond(self.0).unwrap_or_default()
    }

    /// `2026-06-11T12:03:00Z`, with a fraction where there is one.
    pub fn rfc3339(self) -> String {
        self.timestamp().to_string()
    }

    /// `2026-06-11 12:03 UTC`: the same to every reader.
    pub fn utc(self) -> String {
        self.timestamp().strftime("%Y-%m-%d %H:%M UTC").to_string()
    }

    /// `2026-06-11 14:03` in the time zone of this machine.
    pub fn local(self) -> String {
        self.in_zone("%Y-%m-%d %H:%M", TimeZone::system())
    }

    /// `14:03` in the time zone of this machine, for what is only minutes away.
    pub fn local_clock(self) -> String {
        self.in_zone("%H:%M", TimeZone::system())
    }

    /// `14:03` in `zone` when that is the day of `now` there, otherwise with the date.
    pub fn clock(self, now: UnixMillis, zone: &TimeZone) -> String {
        let day = |at: UnixMillis| at.timestamp().to_zoned_datetime(zone.clone()).date();
        self.in_zone(if day(self) == day(now) { "%H:%M" } else { "%Y-%m-%d %H:%M" }, zone.clone())
    }

    fn in_zone(self, format: &str, zone: TimeZone) -> String {
        self.timestamp().to_zoned_datetime(zone).strftime(format).to_string()
    }
}

impl From<UnixMillis> for Value {
    fn from(at: UnixMillis) -> Value {
        at.0.into()
    }
}

/// So many milliseconds later.
impl Add<i64> for UnixMillis {
    type Output = UnixMillis;

    fn add(self, ms: i64) -> UnixMillis {
        UnixMillis(self.0.saturating_add(ms))
    }
}

/// So many milliseconds earlier.
impl Sub<i64> for UnixMillis {
    type Output = UnixMillis;

    fn sub(self, ms: i64) -> UnixMillis {
        UnixMillis(self.0.saturating_sub(ms))
    }
}

/// Milliseconds from the other one to this.
impl Sub for UnixMillis {
    type Output = i64;

    fn sub(self, other: UnixMillis) -> i64 {
        self.0.saturating_sub(other.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_as_it_is_written() {
        let at = UnixMillis(43_380_000);
        assert_eq!((at.rfc3339(), at.utc()), ("1970-01-01T12:03:00Z".into(), "1970-01-01 12:03 UTC".into()));
        assert_eq!(at.clock(UnixMillis(50_000_000), &TimeZone::UTC), "12:03");
        assert_eq!(at.clock(UnixMillis(500_000_000), &TimeZone::UTC), "1970-01-01 12:03");
        assert_eq!(UnixMillis(i64::MAX).rfc3339(), "1970-01-01T00:00:00Z", "no file makes this panic");
    }

    #[test]
    fn no_number_of_a_file_overflows() {
        assert_eq!(UnixMillis(i64::MAX) + 1, UnixMillis(i64::MAX));
        assert_eq!(UnixMillis(i64::MIN) - 1, UnixMillis(i64::MIN));
        assert_eq!(UnixMillis(i64::MAX) - UnixMillis(-1), i64::MAX);
        assert_eq!(UnixMillis::from_json(&serde_json::json!(1e300)), Some(UnixMillis(i64::MAX)));
    }
}
