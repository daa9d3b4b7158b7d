// SPDX-License-Identifier: GPL-2.0-or-later
//! The views in which kernels are compared.

/// Declares the views, each with its documentation, its name, its name on the command line and in
/// JSON, its line in `--help`, and whether it is on by default.
macro_rules! views {
    ($($(#[$doc:meta])* $view:ident = $name:literal, $about:literal, $default:literal;)*) => {
        /// A kind of observation in which two kernels can differ.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum View {
            $($(#[$doc])* $view,)*
        }

        const EACH: &[(View, bool)] = &[$((View::$view, $default),)*];

        impl View {
            /// All views.
            pub const ALL: [View; EACH.len()] = {
                let mut all = [EACH[0].0; EACH.len()];
                let mut at = 0;
                while at < all.len() {
                    all[at] = EACH[at].0;
                    at += 1;
                }
                all
            };

            /// Returns the name of the view, on the command line and in JSON.
            pub fn name(self) -> &'static str {
                match self {
                    $(View::$view => $name,)*
                }
            }

            /// Returns a short description of the compared observations.
            pub fn about(self) -> &'static str {
                match self {
                    $(View::$view => $about,)*
                }
            }
        }
    };
}

views! {
    /// The return value of each operation. Observed by callers: uacce, idxd, the process that
    /// called `open()`.
    Api = "api", "What each operation returned", true;
    /// The kernel's complaints. Observed by readers of dmesg.
    Splat = "splat", "What dmesg says", true;
    /// The objects that exist after the teardown, except `mm_data`, which models before 6.8 do not
    /// have. Observed on machines that run for a long time.
    Leak = "leak", "What is left after the teardown", true;
    /// The driver callbacks, in order. Observed by IOMMU drivers.
    Driver = "driver", "The driver callbacks", false;
    /// The objects that exist after each operation. Observed by developers who debug the core.
    State = "state", "What exists after each operation", false;
}

const DEFAULT_COUNT: usize = {
    let (mut count, mut at) = (0, 0);
    while at < EACH.len() {
        count += EACH[at].1 as usize;
        at += 1;
    }
    count
};

impl View {
    /// The views that are compared by default.
    pub const DEFAULT: [View; DEFAULT_COUNT] = {
        let mut default = [EACH[0].0; DEFAULT_COUNT];
        let (mut count, mut at) = (0, 0);
        while at < EACH.len() {
            if EACH[at].1 {
                default[count] = EACH[at].0;
                count += 1;
            }
            at += 1;
        }
        default
    };
}

/// A set of views.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ViewSet(u8);

impl ViewSet {
    /// Makes a set of these views.
    pub fn of(views: &[View]) -> Self {
        ViewSet({ views.iter() }.fold(0, |set, &view| set | 1 << view as u8))
    }

    /// Returns whether the set contains a view.
    #[inline(always)]
    pub(crate) fn has(self, view: View) -> bool {
        self.0 >> view as u8 & 1 == 1
    }
}

#[cfg(test)]
mod tests {
    use super::{View, ViewSet};

    #[test]
    fn callers_dmesg_and_leaks_are_compared_by_default() {
        assert_eq!(View::DEFAULT, [View::Api, View::Splat, View::Leak]);
    }

    #[test]
    fn a_set_has_the_views_it_was_made_of_and_no_others() {
        let views = ViewSet::of(&[View::Leak, View::State]);
        let has: Vec<View> = View::ALL.into_iter().filter(|&v| views.has(v)).collect();
        assert_eq!(has, [View::Leak, View::State]);
    }
}
