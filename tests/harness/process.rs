//! A child process that a test started: its standard output line by line, its
//! standard error kept in memory. It is ended by its own id, never by a name.

use std::io::{BufRead as _, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use crate::wait::{eventually, eventually_within};

/// A host compiles its plugins before it listens, and a demo has its readers
/// live two months, on a machine that runs other tests; what has said nothing
/// by then never will.
const START_TIMEOUT: Duration = Duration::from_secs(600);

/// A child process whose output is read all the time, so that it never blocks
/// on a full pipe.
pub(crate) struct Process {
    child: Child,
    name: String,
    lines: Receiver<String>,
    log: Log,
    readers: Vec<JoinHandle<()>>,
}

impl Process {
    #[track_caller]
    pub(crate) fn spawn(command: &mut Command, log: &Log) -> Self {
        let name = Path::new(command.get_program())
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{name} does not start: {error}"));
        let stdout = child.stdout.take().expect("standard output is piped");
        let stderr = child.stderr.take().expect("standard error is piped");
        let (sender, lines) = channel();
        let readers = vec![
            read_lines(stdout, move |line| {
                // A test that has seen its line stops listening.
                let _ = sender.send(line);
            }),
            read_lines(stderr, {
                let log = log.clone();
                move |line| log.push(&line)
            }),
        ];
        Self {
            child,
            name,
            lines,
            log: log.clone(),
            readers,
        }
    }

    /// The next line of standard output that holds `part`.
    #[track_caller]
    pub(crate) fn line(&self, part: &str) -> String {
        self.line_unless_ended(part).unwrap_or_else(|| {
            panic!(
                "{} ended before it printed {part:?}; it logged:\n{}",
                self.name,
                self.log.text()
            )
        })
    }

    /// The next line of standard output that holds `part`, none if the process
    /// ends before it prints one.
    #[track_caller]
    pub(crate) fn line_unless_ended(&self, part: &str) -> Option<String> {
        loop {
            match self.lines.recv_timeout(START_TIMEOUT) {
                Ok(line) if line.contains(part) => return Some(line),
                Ok(_) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    self.read_to_the_end();
                    return None;
                }
                Err(RecvTimeoutError::Timeout) => panic!(
                    "{} has not printed {part:?} in {} s; it logged:\n{}",
                    self.name,
                    START_TIMEOUT.as_secs(),
                    self.log.text()
                ),
            }
        }
    }

    pub(crate) fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    #[track_caller]
    pub(crate) fn end(mut self, signal: Signal) -> ExitStatus {
        // The child has not been waited for, so the id is still its own.
        let _ = kill_process(Pid::from_child(&self.child), signal);
        let status = eventually(&format!("{} to end on {signal:?}", self.name), || {
            self.child.try_wait().expect("a child can be waited for")
        });
        self.read_to_the_end();
        status
    }

    /// Waits for what a process that has ended said last, which is still in
    /// the pipes. A grandchild may hold them open for longer, and is not waited
    /// for.
    fn read_to_the_end(&self) {
        eventually_within(Duration::from_secs(2), || {
            self.readers
                .iter()
                .all(JoinHandle::is_finished)
                .then_some(())
        });
    }

    /// For `drop`, which must not panic: ends it within ten seconds or lets go.
    pub(crate) fn kill_quietly(mut self) {
        let _ = self.child.kill();
        eventually_within(Duration::from_secs(10), || {
            self.child.try_wait().ok().flatten()
        });
    }
}

fn read_lines(
    source: impl Read + Send + 'static,
    mut take: impl FnMut(String) + Send + 'static,
) -> JoinHandle<()> {
    thread::spawn(move || {
        for line in BufReader::new(source).split(b'\n').map_while(Result::ok) {
            take(String::from_utf8_lossy(&line).into_owned());
        }
    })
}

/// What a process has said on standard error.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<String>>);

impl Log {
    fn push(&self, line: &str) {
        let mut text = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        text.push_str(line);
        text.push('\n');
    }

    pub(crate) fn text(&self) -> String {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(crate) fn print_if_panicking(&self, title: &str) {
        if thread::panicking() {
            eprintln!("---- {title}\n{}----", self.text());
        }
    }
}
