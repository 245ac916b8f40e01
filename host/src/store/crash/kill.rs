//! `kill -9`, again and again on one continuing database.
//!
//! The test runs itself again as a child that works as hard as it can and
//! reports every acknowledgement. It is killed at a random moment: amid
//! commits, while a checkpoint is made, while it opens what the last one left,
//! or while it rebuilds the index. Now and then, between two lives, something
//! is done to the index. Some children find what three killed ones have left.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use super::load::{Directly, Load, Once, Reached, check_acknowledged};
use super::*;
use crate::store::disk::recorder::Chance;
use crate::store::seeded::{Seeded, SeededBug};

const DIR: &str = "QUANKA_CRASH_DIR";
const FROM: &str = "QUANKA_CRASH_FROM";
const CYCLES: &str = "QUANKA_CRASH_CYCLES";

/// A database, the processes that die on it, and what they have acknowledged.
pub(crate) struct KillLab {
    /// The test to run as the child, by its full name.
    test: String,
    once: Arc<dyn Once>,
    bug: Option<SeededBug>,
}

/// Actions before the last acknowledged one that a new child sends again.
const SENT_AGAIN: u64 = 3;

impl KillLab {
    /// For the test of this name in the module.
    pub fn new(module: &str, test: &str, once: impl Once) -> KillLab {
        let (_, module) = module.split_once("::").unwrap();
        KillLab {
            test: format!("{module}::{test}"),
            once: Arc::new(once),
            bug: None,
        }
    }

    /// The same with a bug planted in the child.
    pub(in crate::store) fn with(self, bug: SeededBug) -> KillLab {
        KillLab {
            bug: Some(bug),
            ..self
        }
    }

    /// Kills so many processes, or works as one of them. The error is what the
    /// first check that failed found.
    pub fn run(&self, cycles: u64) -> Result<(), String> {
        if let Ok(dir) = std::env::var(DIR) {
            let from = std::env::var(FROM).unwrap();
            let from = from.split(',').map(|number| number.parse().unwrap());
            self.work(Path::new(&dir), from.collect());
        }
        let mut seed = [0; 8];
        getrandom::fill(&mut seed).unwrap();
        let seed = u64::from_be_bytes(seed);
        self.kill(cycles, seed)
            .map_err(|error| format!("{error} (seed {seed})"))
    }

    /// How many processes to kill.
    pub fn cycles() -> u64 {
        let asked = std::env::var(CYCLES).ok();
        match asked.map(|cycles| cycles.parse().expect("a number of cycles")) {
            Some(cycles) => cycles,
            None if is_full() => 200,
            None => 30,
        }
    }

    fn kill(&self, cycles: u64, seed: u64) -> Result<(), String> {
        let reports = std::env::var_os(CYCLES).is_some();
        let mut chance = Chance(seed);
        let dir = tempfile::tempdir().unwrap();
        let load = Load::mixed();
        let mut acknowledged = vec![0; load.writers];
        for cycle in 1..=cycles {
            let started = Instant::now();
            let done = sabotage(dir.path(), &mut chance);
            let moment = Moment::by(&mut chance);
            let at = |error| format!("cycle {cycle}, {done}, {moment}: {error}");
            let life = self.live(dir.path(), &acknowledged, moment);
            acknowledged = life.map_err(at)?.acknowledged;
            let verified = chance.below(3) > 0 || cycle == cycles;
            if verified {
                let found = self.verify(dir.path(), &acknowledged, chance.coin());
                acknowledged = found.map_err(at)?;
            }
            if reports {
                println!(
                    "cycle {cycle}: {done}; killed {moment}, {} acknowledged in all; {}; {} ms",
                    acknowledged.iter().sum::<u64>(),
                    if verified {
                        "all there, whole and once"
                    } else {
                        "not looked at yet"
                    },
                    started.elapsed().as_millis(),
                );
            }
        }
        if reports {
            let commits: u64 = acknowledged.iter().sum();
            println!("{cycles} processes killed, {commits} commits: 0 lost, 0 torn, 0 invented");
        }
        Ok(())
    }

    /// One life of a child. What is left in the pipe after the kill was
    /// acknowledged before it.
    fn live(&self, dir: &Path, acknowledged: &Reached, moment: Moment) -> Result<Life, String> {
        let from: Vec<_> = acknowledged
            .iter()
            .map(|last| (last.saturating_sub(SENT_AGAIN) + 1).to_string())
            .collect();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "--nocapture", &self.test])
            .env(DIR, dir)
            .env(FROM, from.join(","))
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let (sender, reports) = mpsc::channel();
        let reader = std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
        let mut life = Life {
            acknowledged: acknowledged.clone(),
            said: Vec::new(),
        };
        let killed = moment.kill(&mut child, &reports, &mut life);
        let status = child.wait().unwrap();
        reader.join().unwrap();
        for line in reports.try_iter() {
            life.hear(&line);
        }
        if !killed || status.signal() != Some(9) {
            return Err(format!(
                "the child ended by itself: {status}\n{}",
                life.said.join("\n")
            ));
        }
        Ok(life)
    }

    fn verify(&self, dir: &Path, acknowledged: &Reached, twice: bool) -> Result<Reached, String> {
        let store = open(dir, &small_files()).map_err(|error| error.to_string())?;
        runtime().block_on(async {
            let reached = Load::mixed().reached(&store).await?;
            check_acknowledged(acknowledged, &reached)?;
            if twice {
                // Once the index is whole, it must say the same.
                store
                    .checkpoint()
                    .await
                    .map_err(|error| error.to_string())?;
                let again = Load::mixed().reached(&store).await?;
                assert_eq!(again, reached, "nobody writes");
            }
            store.writable().map_err(|error| error.to_string())?;
            Ok(reached)
        })
    }

    /// The child: opens, then works until it is killed.
    fn work(&self, dir: &Path, from: Vec<u64>) -> ! {
        report("opening");
        let options = Options {
            seeded: self.bug.map(Seeded::with).unwrap_or_default(),
            ..small_files()
        };
        let store = open(dir, &options).unwrap();
        report("open");
        let runtime = runtime();
        for (writer, from) in from.into_iter().enumerate() {
            let (store, once) = (Arc::clone(&store), Arc::clone(&self.once));
            runtime.spawn(async move {
                for number in from.. {
                    let acted = Load::mixed()
                        .act(&store, once.as_ref(), writer, number)
                        .await;
                    match acted {
                        Ok(()) => report(&format!("acknowledged {writer} {number}")),
                        Err(error) => return wrong(&error.to_string()),
                    }
                }
            });
        }
        let checkpoints = Arc::clone(&store);
        runtime.spawn(async move {
            loop {
                report("checkpoint");
                if let Err(error) = checkpoints.checkpoint().await {
                    return wrong(&error.to_string());
                }
            }
        });
        // What readers see meanwhile is right, too.
        runtime.block_on(async {
            loop {
                if let Err(error) = Load::mixed().reached(&store).await {
                    wrong(&error);
                }
            }
        })
    }
}

/// When a child dies.
#[derive(Clone, Copy)]
enum Moment {
    /// So long after it has begun to open, or to make a checkpoint.
    After { what: &'static str, micros: u64 },
    /// At so many acknowledgements.
    Acknowledged(u64),
}

impl Moment {
    fn by(chance: &mut Chance) -> Moment {
        let after = |what, micros| Moment::After { what, micros };
        match chance.below(4) {
            // From the first moment to the middle of a rebuild.
            0 => after("opening", chance.below(30_000)),
            1 => after("open", chance.below(30_000)),
            2 => after("checkpoint", chance.below(60_000)),
            _ => Moment::Acknowledged(chance.below(200)),
        }
    }

    /// Kills the child. `false` says that it ended before.
    fn kill(self, child: &mut Child, reports: &mpsc::Receiver<String>, life: &mut Life) -> bool {
        let mut acknowledged = 0;
        let is_due = |line: &str| match self {
            Moment::After { what, .. } => line == what,
            Moment::Acknowledged(count) => {
                acknowledged += u64::from(line.starts_with("acknowledged"));
                acknowledged >= count
            }
        };
        let mut is_due = is_due;
        loop {
            let Ok(line) = reports.recv() else {
                return false;
            };
            life.hear(&line);
            if is_due(&line) {
                break;
            }
        }
        if let Moment::After { micros, .. } = self {
            // Not for a condition: for a moment that nothing tells.
            let until = Instant::now() + Duration::from_micros(micros);
            while let Some(rest) = until.checked_duration_since(Instant::now()) {
                match reports.recv_timeout(rest) {
                    Ok(line) => life.hear(&line),
                    Err(mpsc::RecvTimeoutError::Timeout) => break,
                    Err(mpsc::RecvTimeoutError::Disconnected) => return false,
                }
            }
        }
        child.kill().unwrap();
        true
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Moment::After { what, micros } => write!(f, "{micros} µs after `{what}`"),
            Moment::Acknowledged(count) => write!(f, "after {count} acknowledgements"),
        }
    }
}

/// What a child has reported.
struct Life {
    acknowledged: Reached,
    said: Vec<String>,
}

impl Life {
    fn hear(&mut self, line: &str) {
        if let Some(line) = line.strip_prefix("acknowledged ") {
            let (writer, number) = line.split_once(' ').unwrap();
            let writer: usize = writer.parse().unwrap();
            let last = &mut self.acknowledged[writer];
            *last = number.parse::<u64>().unwrap().max(*last);
        } else {
            self.said.push(line.to_owned());
        }
    }
}

/// One line in one write, so that it is there as a whole or not at all.
fn report(line: &str) {
    let line = format!("{line}\n");
    std::io::stderr().write_all(line.as_bytes()).unwrap();
}

/// Ends the child at once: who listens will miss the signal it waits for.
fn wrong(what: &str) {
    report(&format!("wrong: {what}"));
    std::process::exit(1);
}

/// Does something to the index, or nothing, and says what.
fn sabotage(dir: &Path, chance: &mut Chance) -> String {
    let Ok(entries) = std::fs::read_dir(dir) else {
        return "nothing there".into();
    };
    let names = entries.map(|entry| entry.unwrap().path());
    let index = names
        .filter(|path| path.is_dir() && path.to_string_lossy().contains("index-"))
        .max();
    let (Some(index), meta) = (index, dir.join("index.meta")) else {
        return "no index".into();
    };
    let mut files: Vec<PathBuf> = Vec::new();
    files.extend(std::fs::read_dir(&index).unwrap().filter_map(|entry| {
        let path = entry.unwrap().path();
        path.is_file().then_some(path)
    }));
    files.sort();
    let some = |chance: &mut Chance| {
        let count = files.len() as u64;
        (count > 0).then(|| files[usize::try_from(chance.below(count)).unwrap()].clone())
    };
    match chance.below(14) {
        0 => {
            std::fs::remove_dir_all(&index).unwrap();
            "the index removed".into()
        }
        1 => {
            let _ = std::fs::remove_file(meta);
            "its note removed".into()
        }
        2 => {
            let name = index.file_name().unwrap().to_string_lossy();
            let other = format!("{name}\nboot 00000000-0000-0000-0000-000000000000\n");
            std::fs::write(meta, other).unwrap();
            "the index of another boot".into()
        }
        3 => {
            let left = index.join("snap.0000000000000123.generating");
            std::fs::write(left, "half a snapshot").unwrap();
            "the index bricked".into()
        }
        4 => match some(chance) {
            Some(file) => {
                let bytes = std::fs::metadata(&file).unwrap().len();
                let kept = chance.below(bytes.max(1));
                std::fs::File::options()
                    .write(true)
                    .open(&file)
                    .unwrap()
                    .set_len(kept)
                    .unwrap();
                format!(
                    "{} cut to {kept} of {bytes} bytes",
                    file.file_name().unwrap().display()
                )
            }
            None => "nothing to cut".into(),
        },
        5 | 6 => match some(chance) {
            Some(file) => {
                let mut bytes = std::fs::read(&file).unwrap();
                let used = bytes.iter().rposition(|&byte| byte != 0).unwrap_or(0) as u64;
                let at = usize::try_from(chance.below(used + 1)).unwrap();
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << chance.below(8);
                }
                std::fs::write(&file, bytes).unwrap();
                let name = file.file_name().unwrap().display();
                format!("{name}: a bit flipped at {at}")
            }
            None => "nothing to flip".into(),
        },
        7 => {
            std::fs::write(
                dir.join("dumps/00000000000000000009.dump.tmp"),
                "half a dump",
            )
            .ok();
            std::fs::write(dir.join("journal/prepared.journal.tmp"), "half a segment").ok();
            "leftovers put in".into()
        }
        _ => "nothing done".into(),
    }
}

#[test]
fn a_commit_acknowledged_early_is_missed() {
    let lab = KillLab::new(
        module_path!(),
        "a_commit_acknowledged_early_is_missed",
        Directly,
    );
    let error = lab.with(SeededBug::AcknowledgeEarly).run(500).unwrap_err();
    assert!(error.contains("lost"), "{error}");
}

#[test]
fn half_a_group_is_seen() {
    let lab = KillLab::new(module_path!(), "half_a_group_is_seen", Directly);
    lab.with(SeededBug::WriteHalfAGroup).run(500).unwrap_err();
}
