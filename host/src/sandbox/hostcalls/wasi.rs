//! WASI 0.2 for guests, virtual and deterministic.
//!
//! A language's standard library wants these interfaces to exist. None of
//! them reaches this machine: there are no files, arguments or variables,
//! standard input is at its end, standard output and error go to the call's
//! log, and time and randomness are the call's own. In `render` the clock
//! stands at 1970 and the generator at a fixed seed, because a view may depend
//! only on what the host records; a card that wants the time asks the
//! contract's `clock`.
//!
//! Written by hand instead of with `wasmtime-wasi`, whose clocks really sleep
//! and whose context would be built for each call; no WASI file of it is
//! needed either.

use crate::sandbox::call::{Call, Stream};
use crate::sandbox::fault::HostEnd;
use wasmtime::component::{
    ComponentType, Lift, Linker, LinkerInstance, Lower, Resource, ResourceType, Val,
};
use wasmtime::{Result, StoreContextMut};

/// Resources without a table: a stream's handle is its number, and everything
/// that waits is always ready.
struct OutputStream;
struct InputStream;
struct IoError;
struct Pollable;
struct TerminalInput;
struct TerminalOutput;
struct Descriptor;
struct DirectoryEntryStream;

const STDIN: u32 = 0;
const STDOUT: u32 = 1;
const STDERR: u32 = 2;

#[derive(ComponentType, Lift, Lower)]
#[component(variant)]
enum StreamError {
    #[component(name = "last-operation-failed")]
    #[allow(dead_code, reason = "the type is WASI's; nothing here fails")]
    LastOperationFailed(Resource<IoError>),
    #[component(name = "closed")]
    Closed,
}

#[derive(ComponentType, Lift, Lower)]
#[component(record)]
struct Datetime {
    seconds: u64,
    nanoseconds: u32,
}

type StreamResult<T> = std::result::Result<T, StreamError>;

/// Adds all of it to a linker.
///
/// # Errors
///
/// When a name is defined twice.
pub fn add_to_linker(linker: &mut Linker<Call>) -> Result<()> {
    io(linker)?;
    streams(linker)?;
    cli(linker)?;
    terminals(linker)?;
    clocks(linker)?;
    random(linker)?;
    filesystem(linker)
}

fn io(linker: &mut Linker<Call>) -> Result<()> {
    let mut error = linker.instance("wasi:io/error@0.2.6")?;
    resource::<IoError>(&mut error, "error")?;
    error.func_wrap(
        "[method]error.to-debug-string",
        |_call, (_error,): (Resource<IoError>,)| Ok((String::new(),)),
    )?;

    let mut poll = linker.instance("wasi:io/poll@0.2.6")?;
    resource::<Pollable>(&mut poll, "pollable")?;
    poll.func_wrap(
        "[method]pollable.ready",
        |mut call, (_,): (Resource<Pollable>,)| {
            host(&mut call, 0)?;
            Ok((true,))
        },
    )?;
    poll.func_wrap(
        "[method]pollable.block",
        |mut call, (_,): (Resource<Pollable>,)| host(&mut call, 0),
    )?;
    poll.func_wrap("poll", |mut call, (all,): (Vec<Resource<Pollable>>,)| {
        host(&mut call, 4 * all.len())?;
        let ready: Vec<u32> = (0..).take(all.len()).collect();
        Ok((ready,))
    })
}

fn streams(linker: &mut Linker<Call>) -> Result<()> {
    let mut streams = linker.instance("wasi:io/streams@0.2.6")?;
    resource::<InputStream>(&mut streams, "input-stream")?;
    resource::<OutputStream>(&mut streams, "output-stream")?;

    // Standard input is at its end.
    for name in ["read", "blocking-read"] {
        streams.func_wrap(
            &format!("[method]input-stream.{name}"),
            |mut call, (_, _len): (Resource<InputStream>, u64)| {
                host(&mut call, 0)?;
                Ok((StreamResult::<Vec<u8>>::Err(StreamError::Closed),))
            },
        )?;
    }
    for name in ["skip", "blocking-skip"] {
        streams.func_wrap(
            &format!("[method]input-stream.{name}"),
            |mut call, (_, _len): (Resource<InputStream>, u64)| {
                host(&mut call, 0)?;
                Ok((StreamResult::<u64>::Err(StreamError::Closed),))
            },
        )?;
    }
    streams.func_wrap(
        "[method]input-stream.subscribe",
        |mut call, (_,): (Resource<InputStream>,)| pollable(&mut call),
    )?;
    output(&mut streams)
}

fn output(streams: &mut LinkerInstance<'_, Call>) -> Result<()> {
    /// What one write may hold; a guest with more writes again.
    const WRITE_BYTES_MAX: u64 = 4096;

    streams.func_wrap(
        "[method]output-stream.check-write",
        |mut call, (_,): (Resource<OutputStream>,)| {
            host(&mut call, 0)?;
            Ok((StreamResult::Ok(WRITE_BYTES_MAX),))
        },
    )?;
    for name in ["write", "blocking-write-and-flush"] {
        streams.func_wrap(
            &format!("[method]output-stream.{name}"),
            |mut call, (stream, bytes): (Resource<OutputStream>, Vec<u8>)| {
                host(&mut call, bytes.len())?;
                let stream = match stream.rep() {
                    STDERR => Stream::Error,
                    _ => Stream::Output,
                };
                call.data_mut().log.write(stream, &bytes);
                Ok((StreamResult::Ok(()),))
            },
        )?;
    }
    for name in ["flush", "blocking-flush"] {
        streams.func_wrap(
            &format!("[method]output-stream.{name}"),
            |mut call, (_,): (Resource<OutputStream>,)| {
                host(&mut call, 0)?;
                Ok((StreamResult::Ok(()),))
            },
        )?;
    }
    for name in ["write-zeroes", "blocking-write-zeroes-and-flush"] {
        streams.func_wrap(
            &format!("[method]output-stream.{name}"),
            |mut call, (_, _len): (Resource<OutputStream>, u64)| {
                host(&mut call, 0)?;
                Ok((StreamResult::Ok(()),))
            },
        )?;
    }
    for name in ["splice", "blocking-splice"] {
        streams.func_wrap(
            &format!("[method]output-stream.{name}"),
            |mut call, (_, _, _): (Resource<OutputStream>, Resource<InputStream>, u64)| {
                host(&mut call, 0)?;
                Ok((StreamResult::<u64>::Err(StreamError::Closed),))
            },
        )?;
    }
    streams.func_wrap(
        "[method]output-stream.subscribe",
        |mut call, (_,): (Resource<OutputStream>,)| pollable(&mut call),
    )
}

fn cli(linker: &mut Linker<Call>) -> Result<()> {
    let mut environment = linker.instance("wasi:cli/environment@0.2.6")?;
    environment.func_wrap("get-environment", |mut call, (): ()| {
        host(&mut call, 0)?;
        Ok((Vec::<(String, String)>::new(),))
    })?;
    environment.func_wrap("get-arguments", |mut call, (): ()| {
        host(&mut call, 0)?;
        Ok((Vec::<String>::new(),))
    })?;
    environment.func_wrap("initial-cwd", |mut call, (): ()| {
        host(&mut call, 0)?;
        Ok((None::<String>,))
    })?;

    let mut exit = linker.instance("wasi:cli/exit@0.2.6")?;
    exit.func_wrap(
        "exit",
        |_call, (_status,): (std::result::Result<(), ()>,)| -> Result<()> {
            Err(HostEnd::Exited.into())
        },
    )?;

    linker
        .instance("wasi:cli/stdin@0.2.6")?
        .func_wrap("get-stdin", |mut call, (): ()| {
            host(&mut call, 0)?;
            Ok((Resource::<InputStream>::new_own(STDIN),))
        })?;
    linker
        .instance("wasi:cli/stdout@0.2.6")?
        .func_wrap("get-stdout", |mut call, (): ()| {
            host(&mut call, 0)?;
            Ok((Resource::<OutputStream>::new_own(STDOUT),))
        })?;
    linker
        .instance("wasi:cli/stderr@0.2.6")?
        .func_wrap("get-stderr", |mut call, (): ()| {
            host(&mut call, 0)?;
            Ok((Resource::<OutputStream>::new_own(STDERR),))
        })
}

/// There are no terminals.
fn terminals(linker: &mut Linker<Call>) -> Result<()> {
    resource::<TerminalInput>(
        &mut linker.instance("wasi:cli/terminal-input@0.2.6")?,
        "terminal-input",
    )?;
    resource::<TerminalOutput>(
        &mut linker.instance("wasi:cli/terminal-output@0.2.6")?,
        "terminal-output",
    )?;
    linker
        .instance("wasi:cli/terminal-stdin@0.2.6")?
        .func_wrap("get-terminal-stdin", |mut call, (): ()| {
            host(&mut call, 0)?;
            Ok((None::<Resource<TerminalInput>>,))
        })?;
    for name in ["stdout", "stderr"] {
        linker
            .instance(&format!("wasi:cli/terminal-{name}@0.2.6"))?
            .func_wrap(&format!("get-terminal-{name}"), |mut call, (): ()| {
                host(&mut call, 0)?;
                Ok((None::<Resource<TerminalOutput>>,))
            })?;
    }
    Ok(())
}

fn clocks(linker: &mut Linker<Call>) -> Result<()> {
    let mut wall = linker.instance("wasi:clocks/wall-clock@0.2.6")?;
    for (name, is_reading) in [("now", true), ("resolution", false)] {
        wall.func_wrap(name, move |mut call, (): ()| {
            host(&mut call, 0)?;
            let now_ms = call.data().virtual_now_ms();
            let datetime = Datetime {
                seconds: if is_reading { now_ms / 1000 } else { 0 },
                nanoseconds: 1_000_000 * u32::try_from(now_ms % 1000).unwrap_or(0),
            };
            Ok((datetime,))
        })?;
    }

    let mut monotonic = linker.instance("wasi:clocks/monotonic-clock@0.2.6")?;
    monotonic.func_wrap("now", |mut call, (): ()| {
        host(&mut call, 0)?;
        Ok((call.data_mut().virtual_tick_ns(),))
    })?;
    monotonic.func_wrap("resolution", |mut call, (): ()| {
        host(&mut call, 0)?;
        Ok((1000_u64,))
    })?;
    // Nobody sleeps here: the moment waited for has come.
    for name in ["subscribe-instant", "subscribe-duration"] {
        monotonic.func_wrap(name, |mut call, (_when,): (u64,)| pollable(&mut call))?;
    }
    Ok(())
}

fn random(linker: &mut Linker<Call>) -> Result<()> {
    for (interface, prefix) in [
        ("random", "get-random"),
        ("insecure", "get-insecure-random"),
    ] {
        let mut random = linker.instance(&format!("wasi:random/{interface}@0.2.6"))?;
        random.func_wrap(&format!("{prefix}-bytes"), |mut call, (len,): (u64,)| {
            let len = usize::try_from(len).unwrap_or(usize::MAX);
            host(&mut call, len)?;
            let call = call.data_mut();
            let bytes: Vec<u8> = (0..len)
                .map(|_| call.virtual_random().to_le_bytes()[7])
                .collect();
            Ok((bytes,))
        })?;
        random.func_wrap(&format!("{prefix}-u64"), |mut call, (): ()| {
            host(&mut call, 0)?;
            Ok((call.data_mut().virtual_random(),))
        })?;
    }
    linker
        .instance("wasi:random/insecure-seed@0.2.6")?
        .func_wrap("insecure-seed", |mut call, (): ()| {
            host(&mut call, 0)?;
            let call = call.data_mut();
            Ok(((call.virtual_random(), call.virtual_random()),))
        })
}

/// A file system with nothing in it. No descriptor is ever handed out, so
/// every function that takes one is out of a guest's reach.
fn filesystem(linker: &mut Linker<Call>) -> Result<()> {
    const DESCRIPTOR: [&str; 27] = [
        "advise",
        "append-via-stream",
        "create-directory-at",
        "get-flags",
        "get-type",
        "is-same-object",
        "link-at",
        "metadata-hash",
        "metadata-hash-at",
        "open-at",
        "read",
        "read-directory",
        "read-via-stream",
        "readlink-at",
        "remove-directory-at",
        "rename-at",
        "set-size",
        "set-times",
        "set-times-at",
        "stat",
        "stat-at",
        "symlink-at",
        "sync",
        "sync-data",
        "unlink-file-at",
        "write",
        "write-via-stream",
    ];
    let mut types = linker.instance("wasi:filesystem/types@0.2.6")?;
    resource::<Descriptor>(&mut types, "descriptor")?;
    resource::<DirectoryEntryStream>(&mut types, "directory-entry-stream")?;
    let unreachable = |_call: StoreContextMut<'_, Call>,
                       _ty,
                       _params: &[Val],
                       _results: &mut [Val]| { Err(HostEnd::NoFiles.into()) };
    for name in DESCRIPTOR {
        types.func_new(&format!("[method]descriptor.{name}"), unreachable)?;
    }
    types.func_new(
        "[method]directory-entry-stream.read-directory-entry",
        unreachable,
    )?;
    types.func_new("filesystem-error-code", |_call, _ty, _params, results| {
        results[0] = Val::Option(None);
        Ok(())
    })?;
    linker
        .instance("wasi:filesystem/preopens@0.2.6")?
        .func_wrap("get-directories", |mut call, (): ()| {
            host(&mut call, 0)?;
            Ok((Vec::<(Resource<Descriptor>, String)>::new(),))
        })
}

fn resource<T: 'static>(instance: &mut LinkerInstance<'_, Call>, name: &str) -> Result<()> {
    instance.resource(name, ResourceType::host::<T>(), |_call, _rep| Ok(()))
}

fn pollable(call: &mut StoreContextMut<'_, Call>) -> Result<(Resource<Pollable>,)> {
    host(call, 0)?;
    Ok((Resource::new_own(0),))
}

/// The recording point, for interfaces of WASI.
fn host(call: &mut StoreContextMut<'_, Call>, bytes: usize) -> Result<()> {
    call.data_mut().record("wasi", bytes)
}
