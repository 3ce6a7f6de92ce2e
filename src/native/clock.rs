//! The clocks: the system's, or in a page JavaScript's, where the system's are not to be had.

#[cfg(not(cu_bindgen))]
pub use std::time::Instant;

/// Seconds since 1970.
#[cfg(not(cu_bindgen))]
pub fn wall() -> f64 {
    use std::time::{SystemTime, UNIX_EPOCH};

    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |time| time.as_secs_f64())
}

/// What `std::time::Instant` is elsewhere.
#[cfg(cu_bindgen)]
pub struct Instant(f64);

#[cfg(cu_bindgen)]
impl Instant {
    pub fn now() -> Instant {
        Instant(js_sys::Date::now())
    }

    pub fn elapsed(&self) -> std::time::Duration {
        let millis = (js_sys::Date::now() - self.0).max(0.0);
        std::time::Duration::try_from_secs_f64(millis / 1000.0).unwrap_or_default()
    }
}

#[cfg(cu_bindgen)]
pub fn wall() -> f64 {
    js_sys::Date::now() / 1000.0
}
