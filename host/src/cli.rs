//! The commands, one a file. Parses arguments and sets exit codes: 0 done,
//! 1 failed, 2 used wrongly.

pub mod backup;
pub mod build;
pub mod compile;
pub mod config;
pub mod demo;
mod figures;
mod host;
pub mod restore;
pub mod serve;
pub mod verify;

use crate::config::{DataDir, Source};
use clap::{Args, Parser, Subcommand};
use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

/// Hosts circle cards: interactive community cards embedded in articles.
#[derive(Debug, Parser)]
#[command(name = "quanka", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the cards of a configuration.
    Serve(HostArgs),
    /// Serve the sample circles and a publisher's site to see them in.
    Demo(demo::DemoArgs),
    /// Check or show a configuration.
    Config {
        #[command(subcommand)]
        command: ConfigCommand,
    },
    /// Copy a host's data, while it runs, or bring an earlier copy up to date.
    Backup(backup::BackupArgs),
    /// Read a host's data or a backup to the last byte and say what is wrong.
    Verify(verify::VerifyArgs),
    /// Bring back a backup, all of it or up to a commit, into a new directory.
    Restore(restore::RestoreArgs),
    /// Build a plugin's folder into one .wasm file.
    Build(BuildArgs),
    /// Compile a component within limits. The host runs this by itself.
    #[command(hide = true)]
    Compile(compile::CompileArgs),
}

#[derive(Debug, Subcommand)]
enum ConfigCommand {
    /// Say what is wrong with a configuration, all of it, and where.
    Check(HostArgs),
    /// Print the merged configuration and where each value came from.
    Show {
        #[command(flatten)]
        host: HostArgs,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
}

/// What a host starts from.
#[derive(Debug, Args)]
pub struct HostArgs {
    /// The configuration file.
    #[arg(long, value_name = "FILE", default_value = "quanka.toml")]
    config: PathBuf,
    /// Where data lie (data.dir).
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The address to listen on (server.listen); port 0 takes a free one.
    #[arg(long, value_name = "ADDR")]
    listen: Option<String>,
}

/// Where the data of a host lie.
#[derive(Debug, Args)]
pub struct DataArgs {
    /// The configuration file that says where (data.dir).
    #[arg(long, value_name = "FILE", default_value = "quanka.toml")]
    config: PathBuf,
    /// The data directory itself; then no configuration is read.
    #[arg(long, value_name = "DIR", conflicts_with = "config")]
    data: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct BuildArgs {
    /// The plugin's folder, with its Cargo.toml and card.toml.
    #[arg(value_name = "DIR", default_value = ".")]
    dir: PathBuf,
    /// Where to write the plugin.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Runs one command.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are asked for; anything else is wrong use.
            let code = if error.use_stderr() { 2 } else { 0 };
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    match dispatch(cli.command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("quanka: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(command: Command) -> anyhow::Result<ExitCode> {
    let (out, err) = (&mut io::stdout(), &mut io::stderr());
    match command {
        Command::Serve(args) => serve::run(&args.source()),
        Command::Demo(args) => demo::run(&args),
        Command::Config {
            command: ConfigCommand::Check(args),
        } => Ok(code(config::check(&args.source(), out, err)?)),
        Command::Config {
            command: ConfigCommand::Show { host, json },
        } => {
            let format = match json {
                true => config::Format::Json,
                false => config::Format::Toml,
            };
            Ok(code(config::show(&host.source(), format, out, err)?))
        }
        Command::Backup(args) => done(backup::run(&args, out)),
        Command::Verify(args) => done(verify::run(&args, out)),
        Command::Restore(args) => done(restore::run(&args, out)),
        Command::Build(args) => {
            let options = build::BuildOptions {
                dir: args.dir,
                out: args.out,
            };
            let plugin = build::build(&options)?;
            println!("{}", plugin.display());
            Ok(ExitCode::SUCCESS)
        }
        Command::Compile(args) => compile::run(&args),
    }
}

fn done(result: anyhow::Result<()>) -> anyhow::Result<ExitCode> {
    result.map(|()| ExitCode::SUCCESS)
}

fn code(outcome: config::Outcome) -> ExitCode {
    match outcome {
        config::Outcome::Done => ExitCode::SUCCESS,
        config::Outcome::Failed => ExitCode::FAILURE,
    }
}

impl HostArgs {
    /// The configuration's sources.
    fn source(&self) -> Source {
        let mut flags = Vec::new();
        if let Some(data) = &self.data {
            // A flag's path is relative to where the command runs, and not to
            // the file.
            let data = std::path::absolute(data).unwrap_or_else(|_| data.clone());
            flags.push((
                "data.dir".to_owned(),
                data.display().to_string(),
                "--data".to_owned(),
            ));
        }
        if let Some(listen) = &self.listen {
            flags.push((
                "server.listen".to_owned(),
                listen.clone(),
                "--listen".to_owned(),
            ));
        }
        Source {
            file: Some(self.config.clone()),
            env: Source::environment(),
            flags,
        }
    }
}

impl DataArgs {
    fn data_dir(&self) -> anyhow::Result<DataDir> {
        if let Some(data) = &self.data {
            return Ok(DataDir::new(data));
        }
        let source = Source {
            file: Some(self.config.clone()),
            env: Source::environment(),
            flags: Vec::new(),
        };
        let loaded = crate::config::load(&source);
        let loaded = loaded.map_err(|problems| {
            anyhow::anyhow!("{problems}\nOr say where the data lie with --data DIR")
        })?;
        Ok(DataDir::new(loaded.config.data.dir))
    }
}

#[cfg(test)]
mod tests {
    use super::Cli;
    use clap::CommandFactory;

    #[test]
    fn the_commands_are_well_formed() {
        Cli::command().debug_assert();
    }
}
