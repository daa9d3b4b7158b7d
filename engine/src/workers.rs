// SPDX-License-Identifier: GPL-2.0-or-later
//! Runs work on several threads. The results do not depend on the number of threads.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks a mutex, even if a thread panicked while it held the lock: the data under the mutexes of
/// this crate is consistent at every point where a thread can panic.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Returns the default number of threads: one for each core.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Calls `work` once with each worker, each on a thread of its own. The first worker runs on the
/// calling thread.
pub(crate) fn run<W: Send>(workers: &mut [W], work: impl Fn(&mut W) + Sync) {
    let Some((first, others)) = workers.split_first_mut() else {
        return;
    };
    let work = &work;
    std::thread::scope(|scope| {
        for worker in others {
            scope.spawn(move || work(worker));
        }
        work(first);
    });
}

/// Calls `work` with each item, on up to `threads` threads, and returns the results in the order of
/// the items. Each thread takes the next item as soon as it has finished one.
pub fn map<T: Send, R: Send>(
    threads: usize,
    items: Vec<T>,
    work: impl Fn(T) -> R + Sync,
) -> Vec<R> {
    let mut workers = vec![(); threads.min(items.len())];
    let mut done = Vec::with_capacity(items.len());
    let items = Mutex::new(items.into_iter().enumerate());
    let results = Mutex::new(&mut done);
    run(&mut workers, |()| {
        loop {
            let Some((at, item)) = lock(&items).next() else {
                return;
            };
            let result = work(item);
            lock(&results).push((at, result));
        }
    });
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::{lock, map, run};
    use std::sync::Mutex;

    #[test]
    fn results_are_in_the_order_of_the_items_whatever_the_threads() {
        for threads in [1, 2, 7] {
            let items: Vec<u32> = (0..100).collect();
            let doubled = map(threads, items.clone(), |item| 2 * item);
            assert!(doubled.iter().zip(items).all(|(a, b)| *a == 2 * b));
        }
        assert!(map(3, Vec::<u32>::new(), |item| item).is_empty());
    }

    #[test]
    fn each_worker_works_once() {
        let mut workers = [0; 5];
        run(&mut workers, |worker| *worker += 1);
        assert_eq!(workers, [1; 5]);
    }

    #[test]
    fn a_panic_of_one_thread_leaves_the_lock_to_others() {
        let shared = Mutex::new(1);
        let panicked = std::thread::scope(|scope| {
            let thread = scope.spawn(|| {
                let _held = shared.lock();
                panic!("on purpose");
            });
            thread.join()
        });
        assert!(panicked.is_err());
        assert_eq!(*lock(&shared), 1);
    }
}
