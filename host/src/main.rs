//! The `quanka` command.

fn main() -> std::process::ExitCode {
    quanka::cli::run(std::env::args_os())
}
