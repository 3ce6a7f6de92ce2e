//! State that exists once per instance. The module has one thread, so there it is a plain static; natively every thread is an
//! instance of its own, so that tests may run side by side. It hands out raw pointers only: a Rust borrow must never last across
//! a call that may run Lua, because finalizers re-enter.

use core::cell::UnsafeCell;

/// A value that is reached by raw pointer.
pub struct Local<T>(UnsafeCell<T>);

// SAFETY: in the module there is one thread; natively `local!` makes one value per thread.
unsafe impl<T> Sync for Local<T> {}

impl<T> Local<T> {
    pub const fn new(value: T) -> Self {
        Local(UnsafeCell::new(value))
    }

    pub const fn get(&self) -> *mut T {
        self.0.get()
    }
}

/// `local!(fn name() -> Type = initial)`: a function that returns the pointer to the instance's own value.
macro_rules! local {
    ($(#[$meta:meta])* $vis:vis fn $name:ident() -> $type:ty = $initial:expr) => {
        $(#[$meta])*
        #[inline(always)]
        $vis fn $name() -> *mut $type {
            #[cfg(target_arch = "wasm32")]
            {
                static VALUE: $crate::local::Local<$type> = $crate::local::Local::new($initial);
                VALUE.get()
            }
            #[cfg(not(target_arch = "wasm32"))]
            {
                std::thread_local!(static VALUE: $crate::local::Local<$type> = const { $crate::local::Local::new($initial) });
                VALUE.with(|value| value.get())
            }
        }
    };
}
pub(crate) use local;
