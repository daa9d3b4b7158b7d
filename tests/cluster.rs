// SPDX-License-Identifier: GPL-2.0-or-later
//! Checks that several processes find the same as one.

use std::fs;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Writes a file with loopback addresses that are free now.
fn hosts(processes: usize, name: &str) -> PathBuf {
    let listeners: Vec<TcpListener> = (0..processes)
        .map(|_| TcpListener::bind("127.0.0.1:0").expect("a free port"))
        .collect();
    let lines = listeners.iter().map(|listener| {
        let address = listener.local_addr().expect("an address");
        format!("{address}\n")
    });
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&file, lines.collect::<String>()).expect("a file");
    file
}

fn start(args: &str, timely: &[String]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_svadiff"))
        .args(args.split(' '))
        .args(timely)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program")
}

/// Returns the exit status and the output, without measurements, which differ from run to run.
fn ended(child: Child) -> (Option<i32>, String) {
    let output = child.wait_with_output().expect("the program");
    let said = String::from_utf8(output.stdout).expect("UTF-8");
    let lines = said.lines().filter(|line| !line.starts_with("Memory"));
    let said = lines.map(|line| format!("{line}\n")).collect();
    (output.status.code(), said)
}

/// Checks that several processes print the same as one.
fn agree(args: &str, processes: usize, workers: usize, name: &str) {
    let alone = ended(start(args, &[]));
    assert!(alone.1.contains("Digest"), "{alone:?}");
    let file = hosts(processes, name);
    let children: Vec<Child> = (0..processes)
        .map(|process| {
            let timely = ["--", "-w", "W", "-n", "N", "-p", "P", "-h", "FILE"];
            let timely = timely.map(|arg| match arg {
                "W" => workers.to_string(),
                "N" => processes.to_string(),
                "P" => process.to_string(),
                "FILE" => file.display().to_string(),
                other => other.to_owned(),
            });
            start(args, &timely)
        })
        .collect();
    for (process, child) in children.into_iter().enumerate() {
        let (status, said) = ended(child);
        assert_eq!(status, alone.0, "process {process}");
        // Only the first process prints.
        let expected = if process == 0 { &alone.1[..] } else { "" };
        assert_eq!(said, expected, "process {process}");
    }
}

#[test]
fn two_processes_find_the_same_findings_counts_and_digest() {
    agree(
        "compare v6.7 v6.8-rc6 --devices 3 --mms 2 --binds 3",
        2,
        1,
        "two",
    );
    agree("compare v6.7 thread-b --faults --ops 3", 2, 1, "faults");
}

#[test]
fn two_processes_of_two_workers_each_find_the_same() {
    agree(
        "compare v6.7 v6.8 --devices 2 --mms 2 --binds 4",
        2,
        2,
        "four",
    );
}

#[test]
fn workers_of_one_process_find_the_same() {
    agree("check thread-b --binds 3", 1, 3, "workers");
}

#[test]
fn a_limit_stops_all_of_them() {
    let args = "compare v6.7 v6.8 --devices 3 --mms 3 --binds 5 --max-states 5000";
    let (status, said) = ended(start(args, &["--".to_owned(), "-w2".to_owned()]));
    assert_eq!(status, Some(3));
    assert!(said.contains("NOT COMPLETE"), "{said}");
}

/// If a worker does not get to the end of a level, nothing is known of the rest, even if no state is
/// new: of the last level, only teardowns run.
#[test]
fn a_search_that_time_stops_does_not_claim_to_be_complete() {
    let args = "compare v6.8-rc6 v6.8 --devices 3 --mms 2 --ops 4";
    let whole = ended(start(args, &[]));
    assert!(whole.1.contains(", complete"), "{whole:?}");
    let mut stopped = 0;
    for tenth in 1..=10 {
        let args = format!("{args} --max-seconds {}", f64::from(tenth) / 10.0);
        let (status, said) = ended(start(&args, &["--", "-w", "2"].map(str::to_owned)));
        match status {
            Some(3) => {
                assert!(said.contains("NOT COMPLETE"), "{said}");
                stopped += 1;
            }
            _ => assert_eq!((status, &said), (whole.0, &whole.1)),
        }
    }
    assert!(stopped > 0, "the first one has a tenth of a second");
}

#[test]
fn arguments_that_are_not_timelys_are_refused_in_a_sentence() {
    let args = "compare v6.7 v6.8 -- --nonsense";
    let output = start(args, &[]).wait_with_output().expect("the program");
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).expect("UTF-8");
    assert!(said.starts_with("svadiff: the cluster: "), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
}

#[test]
fn a_number_that_no_process_has_is_refused() {
    let file = hosts(2, "number");
    let timely = [
        "--",
        "-n",
        "2",
        "-p",
        "5",
        "-h",
        &file.display().to_string(),
    ]
    .map(str::to_owned);
    let ran = start("compare v6.7 v6.8", &timely).wait_with_output();
    let ran = ran.expect("the program");
    let text = String::from_utf8(ran.stderr).expect("UTF-8");
    assert_eq!(ran.status.code(), Some(2), "{text}");
    assert!(
        text.contains("-p 5, but the processes are numbered from 0 to 1"),
        "{text}"
    );
}

/// A process without its peer waits for ever, unless it is interrupted.
#[test]
fn a_process_that_waits_for_others_can_be_interrupted() {
    let file = hosts(2, "waits");
    let timely = [
        "--",
        "-n",
        "2",
        "-p",
        "0",
        "-h",
        &file.display().to_string(),
    ]
    .map(str::to_owned);
    let child = start("compare v6.7 v6.8", &timely);
    std::thread::sleep(Duration::from_secs(1));
    let begun = Instant::now();
    let id = child.id().to_string();
    let killed = Command::new("kill").args(["-INT", &id]).status();
    assert!(killed.expect("kill").success());
    let ran = child.wait_with_output().expect("the program");
    let text = String::from_utf8(ran.stderr).expect("UTF-8");
    assert_eq!(ran.status.code(), Some(2), "{text}");
    assert!(text.contains("interrupted before all processes"), "{text}");
    assert!(begun.elapsed() < Duration::from_secs(5));
}
