//! Calendar dates: the Gregorian calendar in UTC, without leap seconds, and their text in the "C" locale, as C's `gmtime`,
//! `mktime` and `strftime` have them. Nothing here touches Lua.

/// The parts of a point in time, counted as Lua's date tables count them.
#[derive(Clone, Copy)]
pub struct Date {
    pub year: i64,
    /// 1 to 12.
    pub month: i64,
    pub day: i64,
    pub hour: i64,
    pub min: i64,
    pub sec: i64,
    /// 1 to 366.
    pub yday: i64,
    /// 1 is Sunday.
    pub wday: i64,
}

const DAY_SECONDS: i64 = 86_400;
/// From 0001-01-01 to 1970-01-01.
const EPOCH_DAYS: i64 = 719_162;
/// C's `struct tm` keeps the year less this in an `int`.
const TM_YEAR_BASE: i64 = 1900;

/// Days before each month of a year that is not a leap year.
const DAYS_BEFORE_MONTH: [i64; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
const MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
const WEEKDAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

impl Date {
    /// The date that is `seconds` after 1970-01-01; nothing when its year does not fit C's `struct tm`.
    pub fn from_seconds(seconds: i64) -> Option<Date> {
        let time = seconds.rem_euclid(DAY_SECONDS);
        let days = seconds.div_euclid(DAY_SECONDS) + EPOCH_DAYS;
        // A first guess from the mean length of a year is at most one year off.
        let mut year = (days * 400).div_euclid(146_097) + 1;
        while days_before_year(year) > days {
            year -= 1;
        }
        while days_before_year(year + 1) <= days {
            year += 1;
        }
        i32::try_from(year - TM_YEAR_BASE).ok()?;
        let day_of_year = days - days_before_year(year);
        let month = (2..=12).rev().find(|&month| days_before_month(year, month) <= day_of_year).unwrap_or(1);
        Some(Date {
            year,
            month,
            day: day_of_year - days_before_month(year, month) + 1,
            hour: time / 3600,
            min: time / 60 % 60,
            sec: time % 60,
            yday: day_of_year + 1,
            wday: (days + 1).rem_euclid(7) + 1,
        })
    }
}

/// Seconds from 1970-01-01 to a date whose parts, each within C's `int`, need not be in their usual ranges.
pub fn seconds_to(year: i64, month: i64, day: i64, hour: i64, min: i64, sec: i64) -> i64 {
    let month = month - 1;
    let year = year + month.div_euclid(12);
    let days = days_before_year(year) + days_before_month(year, month.rem_euclid(12) + 1) + day - 1 - EPOCH_DAYS;
    days * DAY_SECONDS + hour * 3600 + min * 60 + sec
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// From 0001-01-01 to the first day of `year`.
fn days_before_year(year: i64) -> i64 {
    let years = year - 1;
    years * 365 + years.div_euclid(4) - years.div_euclid(100) + years.div_euclid(400)
}

/// From the first day of `year` to the first day of `month`, 1 to 12.
fn days_before_month(year: i64, month: i64) -> i64 {
    entry(&DAYS_BEFORE_MONTH, month - 1) + i64::from(month > 2 && is_leap(year))
}

/// An element of a table that has it. What cannot happen costs no message here.
fn entry<T: Copy + Default>(table: &[T], i: i64) -> T {
    table.get(i as usize).copied().unwrap_or_default()
}

/// Text of a limited length: enough for every conversion.
pub struct Text {
    bytes: [u8; TEXT_BYTES],
    length: usize,
}

/// The longest is `%c`, with a year of eleven characters.
const TEXT_BYTES: usize = 48;

impl Text {
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }

    fn push(&mut self, byte: u8) {
        if let Some(place) = self.bytes.get_mut(self.length) {
            *place = byte;
            self.length += 1;
        }
    }

    fn push_str(&mut self, text: &str) {
        for byte in text.bytes() {
            self.push(byte);
        }
    }

    /// A number, filled up on the left to a width of `width` characters, its sign included.
    fn push_number(&mut self, number: i64, width: i64, fill: u8) {
        let mut scale: u64 = 1;
        let magnitude = number.unsigned_abs();
        let mut digits = 1;
        while magnitude / scale >= 10 {
            scale *= 10;
            digits += 1;
        }
        if number < 0 {
            self.push(b'-');
            digits += 1;
        }
        for _ in digits..width {
            self.push(fill);
        }
        while scale > 0 {
            self.push(b'0' + (magnitude / scale % 10) as u8);
            scale /= 10;
        }
    }
}

/// What `strftime` makes of `%` and `conversion`, a letter of C99 or `%`, in a time zone with the given name.
pub fn format(date: &Date, conversion: u8, zone: &str) -> Text {
    let mut text = Text { bytes: [0; TEXT_BYTES], length: 0 };
    append(&mut text, date, conversion, zone);
    text
}

fn append(text: &mut Text, date: &Date, conversion: u8, zone: &str) {
    // Days since Sunday, days since Monday, days since January 1.
    let sunday = date.wday - 1;
    let monday = (sunday + 6) % 7;
    let yday = date.yday - 1;
    match conversion {
        b'a' => text.push_str(abbreviation(entry(&WEEKDAYS, sunday))),
        b'A' => text.push_str(entry(&WEEKDAYS, sunday)),
        b'b' | b'h' => text.push_str(abbreviation(entry(&MONTHS, date.month - 1))),
        b'B' => text.push_str(entry(&MONTHS, date.month - 1)),
        b'c' => append_all(text, date, b"a b e T Y", zone),
        b'C' => text.push_number(date.year.div_euclid(100), 1, b'0'),
        b'd' => text.push_number(date.day, 2, b'0'),
        b'D' | b'x' => append_all(text, date, b"m/d/y", zone),
        b'e' => text.push_number(date.day, 2, b' '),
        b'F' => append_all(text, date, b"Y-m-d", zone),
        b'g' => text.push_number(iso_week(date).0.rem_euclid(100), 2, b'0'),
        b'G' => text.push_number(iso_week(date).0, 1, b'0'),
        b'H' => text.push_number(date.hour, 2, b'0'),
        b'I' => text.push_number((date.hour + 11) % 12 + 1, 2, b'0'),
        b'j' => text.push_number(date.yday, 3, b'0'),
        b'm' => text.push_number(date.month, 2, b'0'),
        b'M' => text.push_number(date.min, 2, b'0'),
        b'n' => text.push(b'\n'),
        b'p' => text.push_str(if date.hour < 12 { "AM" } else { "PM" }),
        b'r' => append_all(text, date, b"I:M:S p", zone),
        b'R' => append_all(text, date, b"H:M", zone),
        b'S' => text.push_number(date.sec, 2, b'0'),
        b't' => text.push(b'\t'),
        b'T' | b'X' => append_all(text, date, b"H:M:S", zone),
        b'u' => text.push_number(monday + 1, 1, b'0'),
        b'U' => text.push_number((yday + 7 - sunday) / 7, 2, b'0'),
        b'V' => text.push_number(iso_week(date).1, 2, b'0'),
        b'w' => text.push_number(sunday, 1, b'0'),
        b'W' => text.push_number((yday + 7 - monday) / 7, 2, b'0'),
        b'y' => text.push_number(date.year.rem_euclid(100), 2, b'0'),
        b'Y' => text.push_number(date.year, 1, b'0'),
        b'z' => text.push_str("+0000"),
        b'Z' => text.push_str(zone),
        _ => text.push(conversion),
    }
}

/// A conversion that is made of others: each letter stands for a conversion, everything else for itself.
fn append_all(text: &mut Text, date: &Date, conversions: &[u8], zone: &str) {
    for &conversion in conversions {
        if conversion.is_ascii_alphabetic() {
            append(text, date, conversion, zone);
        } else {
            text.push(conversion);
        }
    }
}

fn abbreviation(name: &str) -> &str {
    name.get(..3).unwrap_or(name)
}

/// The year and number of the week by ISO 8601: a week belongs to the year of its Thursday.
fn iso_week(date: &Date) -> (i64, i64) {
    let thursday = date.yday - 1 - (date.wday + 5) % 7 + 3;
    let days_in = |year| 365 + i64::from(is_leap(year));
    if thursday < 0 {
        (date.year - 1, (thursday + days_in(date.year - 1)) / 7 + 1)
    } else if thursday >= days_in(date.year) {
        (date.year + 1, 1)
    } else {
        (date.year, thursday / 7 + 1)
    }
}
