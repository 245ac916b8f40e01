//! What chores need beyond cargo, and how it comes here.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use crate::shell::{self, Failure, Shell, find_program};

/// What plugins are compiled to.
pub(crate) const WASM_TARGET: &str = "wasm32-wasip2";

/// A program, and the Debian package that it comes in.
pub(crate) struct Tool {
    program: &'static str,
    package: &'static str,
}

/// For the tests in a real browser, with type for Chinese pages, and for those
/// that have programs of others read what the host says.
pub(crate) const FOR_TESTS: &[Tool] = &[
    Tool {
        program: "chromium",
        package: "chromium",
    },
    Tool {
        program: "chromedriver",
        package: "chromium-driver",
    },
    Tool {
        program: "node",
        package: "nodejs",
    },
    Tool {
        program: "npm",
        package: "npm",
    },
    Tool {
        program: "pip3",
        package: "python3-pip",
    },
    Tool {
        program: "php",
        package: "php-cli",
    },
    CHINESE_TYPE,
];

/// For the bench: a peer to compare with, and a load.
pub(crate) const FOR_BENCH: &[Tool] = &[
    Tool {
        program: "nginx",
        package: "nginx",
    },
    Tool {
        program: "wrk",
        package: "wrk",
    },
];

/// No program, but [`is_here`] knows how to look for it.
const CHINESE_TYPE: Tool = Tool {
    program: "a Chinese font",
    package: "fonts-noto-cjk",
};

/// Installs the Rust target of plugins.
pub(crate) fn wasm_target(shell: &Shell) -> Result<(), Failure> {
    let libraries = shell
        .command("rustc")
        .args(["--print", "target-libdir", "--target", WASM_TARGET])
        .output()
        .map_err(|error| Failure::Failed(format!("`rustc` does not start: {error}")))?;
    let dir = String::from_utf8_lossy(&libraries.stdout);
    if Path::new(dir.trim()).is_dir() {
        return Ok(());
    }
    if find_program("rustup").is_none() {
        return Err(Failure::Failed(format!(
            "the Rust target {WASM_TARGET} is missing, and so is rustup: install the target \
             `rust-std` for it in the way this Rust was installed"
        )));
    }
    shell::run(shell.command("rustup").args(["target", "add", WASM_TARGET]))
}

/// Installs the tools that are missing, as root on Debian; elsewhere says how.
pub(crate) fn tools(shell: &Shell, tools: &[Tool]) -> Result<(), Failure> {
    let missing: Vec<&Tool> = tools.iter().filter(|tool| !is_here(shell, tool)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    if !is_root() || find_program("apt-get").is_none() {
        return Err(Failure::Failed(how_to_install(&missing)));
    }
    shell::run(shell.command("apt-get").args(["update", "--quiet"]))?;
    shell::run(
        shell
            .command("apt-get")
            .args(["install", "--quiet", "--yes", "--no-install-recommends"])
            .args(missing.iter().map(|tool| tool.package))
            .env("DEBIAN_FRONTEND", "noninteractive"),
    )?;
    match missing.iter().find(|tool| !is_here(shell, tool)) {
        None => Ok(()),
        Some(tool) => Err(Failure::Failed(format!(
            "the package {} is installed, but brought no {}",
            tool.package, tool.program
        ))),
    }
}

/// Installs what the tests borrow from npm, as `tests/tools` pins it, below the
/// target directory, unless it is there. Nothing of it is run for that.
pub(crate) fn borrowed(shell: &Shell) -> Result<(), Failure> {
    const LISTS: [&str; 2] = ["package.json", "package-lock.json"];
    let from = shell.root.join("tests/tools");
    let into = shell.target.join("tools");
    let same = |name: &str| {
        let read = |folder: &Path| fs::read(folder.join(name)).ok();
        read(&from).is_some() && read(&from) == read(&into)
    };
    if into.join("node_modules").is_dir() && LISTS.into_iter().all(same) {
        return Ok(());
    }
    let copied = fs::create_dir_all(&into).and_then(|()| {
        LISTS
            .into_iter()
            .try_for_each(|name| fs::copy(from.join(name), into.join(name)).map(drop))
    });
    copied.map_err(|error| Failure::Failed(format!("{}: {error}", into.display())))?;
    let installed = shell::run(
        shell
            .command("npm")
            .args([
                "ci",
                "--ignore-scripts",
                "--no-audit",
                "--no-fund",
                "--prefix",
            ])
            .arg(&into),
    );
    if installed.is_err() {
        // So that the next run does not take half of it for the whole.
        let _ = fs::remove_file(into.join(LISTS[0]));
    }
    installed
}

fn how_to_install(missing: &[&Tool]) -> String {
    let list = |name: fn(&Tool) -> &'static str, between: &str| {
        let names: Vec<&str> = missing.iter().map(|tool| name(tool)).collect();
        names.join(between)
    };
    format!(
        "missing: {}\non Debian and Ubuntu: sudo apt-get install {}\nelsewhere: install them and \
         put them into PATH",
        list(|tool| tool.program, ", "),
        list(|tool| tool.package, " ")
    )
}

fn is_here(shell: &Shell, tool: &Tool) -> bool {
    if tool.package != CHINESE_TYPE.package {
        return find_program(tool.program).is_some();
    }
    // Without fontconfig there is no browser either, which then installs both.
    shell
        .command("fc-list")
        .args([":lang=zh-cn", "family"])
        .output()
        .is_ok_and(|list| !list.stdout.is_empty())
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

#[test]
fn says_how_to_install_what_is_missing() {
    let missing: Vec<&Tool> = FOR_TESTS.iter().collect();
    assert_eq!(
        how_to_install(&missing),
        "missing: chromium, chromedriver, node, npm, pip3, php, a Chinese font\n\
         on Debian and Ubuntu: sudo apt-get install chromium chromium-driver nodejs npm \
         python3-pip php-cli fonts-noto-cjk\n\
         elsewhere: install them and put them into PATH"
    );
}
