//! Programs: the system's own, and the servers that are measured.

use std::io::{BufRead as _, BufReader};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, bail};
use quanka_tests::eventually_within;
use quanka_tests::server::Setup;

use crate::native;
use crate::workplace::Workplace;

/// A program of the system's.
///
/// # Errors
///
/// When it is not installed, with the command that installs it.
pub fn find(name: &str) -> Result<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        // Debian keeps servers here, which is not in everybody's PATH.
        .chain([PathBuf::from("/usr/sbin")])
        .map(|dir| dir.join(name))
        .find(|file| file.is_file())
        .ok_or_else(|| anyhow!("{name} is not installed: run `sudo apt-get install {name}`"))
}

/// A server that runs for as long as this lives.
pub struct Server {
    child: Child,
    addr: SocketAddr,
}

impl Server {
    /// The host's release binary, with its defaults and what `setup` says.
    pub fn quanka(place: &Workplace, name: &str, setup: &Setup) -> Result<Server> {
        Server::quanka_in(place, &place.dir(name)?, setup)
    }

    /// The same, with its data in a directory that may hold some already.
    pub fn quanka_in(place: &Workplace, dir: &Path, setup: &Setup) -> Result<Server> {
        let config = dir.join("quanka.toml");
        std::fs::write(&config, setup.text())?;
        let mut command = Command::new(place.quanka());
        command.args(["serve", "--listen", "127.0.0.1:0", "--config"]);
        command.arg(&config).arg("--data").arg(dir.join("data"));
        Server::announced(command, dir)
    }

    /// The card as native code, in a process of its own.
    pub fn native(place: &Workplace) -> Result<Server> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg(native::COMMAND);
        Server::announced(command, &place.dir("native")?)
    }

    /// nginx over files, as fast as its documentation says to make it.
    pub fn nginx(place: &Workplace, nginx: &Path, files: &[(&str, &[u8])]) -> Result<Server> {
        let dir = place.dir("nginx")?;
        for (name, bytes) in files {
            std::fs::write(dir.join(name), bytes)?;
        }
        // It cannot be told to take a free port and say which.
        let addr = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let config = dir.join("nginx.conf");
        std::fs::write(&config, nginx_conf(&dir, addr))?;
        let child = Command::new(nginx)
            .arg("-c")
            .arg(&config)
            .arg("-p")
            .arg(&dir)
            .args(["-g", "daemon off;", "-e", "stderr"])
            .stdout(Stdio::null())
            .stderr(log(&dir)?)
            .spawn()
            .context("nginx does not start")?;
        let mut server = Server { child, addr };
        let up = eventually_within(Duration::from_secs(10), || {
            let ended = matches!(server.child.try_wait(), Ok(Some(_)));
            (ended || TcpStream::connect(addr).is_ok()).then_some(!ended)
        });
        match up {
            Some(true) => Ok(server),
            _ => bail!("nginx does not serve: {}", said(&dir)),
        }
    }

    /// The address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.addr)
    }

    /// Its address.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Its resident memory.
    pub fn memory_bytes(&self) -> Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let kilobytes = status.lines().find_map(|line| {
            line.strip_prefix("VmRSS:")?
                .strip_suffix("kB")?
                .trim()
                .parse()
                .ok()
        });
        let kilobytes: u64 = kilobytes.context("the system says how much memory it has")?;
        Ok(kilobytes * 1024)
    }

    /// Starts what prints `listening on http://ADDRESS` when it serves.
    fn announced(mut command: Command, dir: &Path) -> Result<Server> {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log(dir)?)
            .spawn()
            .with_context(|| format!("{command:?} does not start"))?;
        let stdout = child.stdout.take().context("standard output is piped")?;
        let addr = BufReader::new(stdout)
            .lines()
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("listening on http://")?.parse().ok());
        match addr {
            Some(addr) => Ok(Server { child, addr }),
            None => bail!("{command:?} does not serve: {}", said(dir)),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // SIGKILL would leave nginx's workers behind.
        if let Some(id) = rustix::process::Pid::from_raw(self.child.id().cast_signed()) {
            let _ = rustix::process::kill_process(id, rustix::process::Signal::TERM);
        }
        let ended = eventually_within(Duration::from_secs(10), || {
            self.child.try_wait().ok().flatten()
        });
        if ended.is_none() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

fn nginx_conf(dir: &Path, addr: SocketAddr) -> String {
    let root = dir.display();
    format!(
        "worker_processes auto;
        pid {root}/nginx.pid;
        events {{ worker_connections 1024; }}
        http {{
            access_log off;
            sendfile on;
            tcp_nopush on;
            tcp_nodelay on;
            keepalive_requests 1000000000;
            open_file_cache max=100 inactive=1h;
            open_file_cache_valid 1h;
            types {{ application/json json; text/html html; }}
            charset utf-8;
            server {{ listen {addr}; root {root}; }}
        }}"
    )
}

fn log(dir: &Path) -> Result<Stdio> {
    Ok(std::fs::File::create(dir.join("log"))?.into())
}

fn said(dir: &Path) -> String {
    std::fs::read_to_string(dir.join("log")).unwrap_or_default()
}
