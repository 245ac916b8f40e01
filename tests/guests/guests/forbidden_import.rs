//! Imports `wasi:sockets`, because it may call home.

mod common;

use std::net::{SocketAddr, TcpStream};

use common::{Hostile, Misbehaves};
use quanka_card::prelude::*;

struct ForbiddenImport;

impl Misbehaves for ForbiddenImport {
    fn misbehave(_: &str) -> Result<()> {
        // A discard port of the documentation's network: nobody is there.
        TcpStream::connect(SocketAddr::from(([192, 0, 2, 1], 9)))?;
        Ok(())
    }
}

quanka_card::export!(Hostile<ForbiddenImport>);
