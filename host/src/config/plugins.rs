//! The plugin files a configuration names, as far as their manifests go.
//!
//! A file that is missing or broken must not stop a host with a hundred other
//! cards: it is kept with what is wrong, for `config check` to refuse and for
//! `serve` to log. May import the rest of `config`; the one place here, beside
//! `load`, that reads files.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::manifest::{self, Manifest, ManifestError};
use super::problem::Problems;
use super::settings::Plugin;
use super::tree::Cursor;
use super::values::Capability;

/// A plugin file named in the configuration.
#[derive(Clone, Debug)]
pub struct PluginFile {
    /// Where it lies; relative to the working directory if not absolute.
    pub file: PathBuf,
    /// What it asks for and does not get.
    pub deny: Vec<Capability>,
    /// What it says about itself, or what is wrong with it.
    pub manifest: Result<Manifest, String>,
}

impl PluginFile {
    /// What it gets: what it asks for less what it is denied. Nothing if it
    /// could not be read.
    pub fn granted(&self) -> impl Iterator<Item = Capability> + use<'_> {
        let asked = self
            .manifest
            .iter()
            .flat_map(|manifest| manifest.capabilities.iter().copied());
        asked.filter(|capability| !self.deny.contains(capability))
    }
}

/// Reads the manifest of every plugin. `broken` collects what is wrong with
/// files; a name that two of them claim is a mistake of the configuration.
pub(crate) fn read(
    root: &Cursor<'_>,
    plugins: &[Plugin],
    component_bytes_max: usize,
    problems: &mut Problems,
    broken: &mut Problems,
) -> Vec<PluginFile> {
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    let places: Vec<Cursor<'_>> = root
        .child("plugin")
        .iter()
        .flat_map(Cursor::items)
        .collect();
    let mut files = Vec::with_capacity(plugins.len());
    for (plugin, place) in plugins.iter().zip(&places) {
        let at = place
            .child("file")
            .expect("a plugin that was read has a file");
        let manifest = read_manifest(&plugin.file, component_bytes_max);
        match &manifest {
            Err(reasons) => {
                let file = plugin.file.display();
                reasons
                    .iter()
                    .for_each(|why| broken.add(&at, format!("{file}: {why}")));
            }
            Ok(manifest) => {
                let name = manifest.name.to_string();
                if let Some(first) = names.get(&name) {
                    let message = format!(
                        "{} is called {name} as {first} is; leave one out",
                        plugin.file.display()
                    );
                    problems.add(&at, message);
                } else {
                    names.insert(name, plugin.file.display().to_string());
                }
            }
        }
        files.push(PluginFile {
            file: plugin.file.clone(),
            deny: plugin.deny.clone(),
            manifest: manifest.map_err(|reasons| reasons.join("; ")),
        });
    }
    files
}

/// The manifest, or every reason why not.
fn read_manifest(file: &Path, component_bytes_max: usize) -> Result<Manifest, Vec<String>> {
    let bytes = read_component(file, component_bytes_max).map_err(|why| vec![why])?;
    manifest::extract(&bytes).map_err(|error| match error {
        ManifestError::Invalid(problems) => problems.iter().map(ToString::to_string).collect(),
        other => vec![other.to_string()],
    })
}

fn read_component(file: &Path, component_bytes_max: usize) -> Result<Vec<u8>, String> {
    let bytes = read_at_most(file, component_bytes_max).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => "is not there; build the plugin, or correct the path".to_owned(),
        _ => format!("cannot be read: {error}"),
    })?;
    if bytes.len() > component_bytes_max {
        return Err(format!(
            "is larger than sandbox.component_bytes_max, {component_bytes_max} bytes"
        ));
    }
    Ok(bytes)
}

/// The file, or one byte more than `limit` of it.
fn read_at_most(file: &Path, limit: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(file)?
        .take(limit as u64 + 1)
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}
