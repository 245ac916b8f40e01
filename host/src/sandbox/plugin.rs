//! A plugin that is loaded: checked, linked, ready to be instantiated.

use super::artifact::ArtifactError;
use super::call::Call;
use super::grants::Grants;
use super::limits::{Budget, Health, Seldom};
use crate::config::manifest::Manifest;
use crate::config::{self, Capability, OutboundHost};
use crate::contract::v1;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::Semaphore;
use wasmtime::component::{Component, InstancePre, Linker};

/// A loaded plugin.
pub struct Plugin {
    /// `publisher/name`: what its state belongs to.
    pub name: Arc<str>,
    /// What it says of itself.
    pub manifest: Arc<Manifest>,
    pub(super) instance: InstancePre<Call>,
    pub(super) card: v1::card::GuestIndices,
    pub(super) actions: Option<v1::actions::GuestIndices>,
    pub(super) jobs: Option<v1::jobs::GuestIndices>,
    pub(super) lifecycle: Option<v1::lifecycle::GuestIndices>,
    pub(super) grants: Arc<Grants>,
    pub(super) permits: Semaphore,
    pub(super) budget: Budget,
    pub(super) health: Health,
    pub(super) refusals: Seldom,
}

/// Why a plugin could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// It could not be compiled.
    #[error(transparent)]
    Artifact(#[from] ArtifactError),
    /// It wants what it may not have.
    #[error("{}", .0.join("; "))]
    Imports(Vec<String>),
    /// It does not fit the contract.
    #[error("it does not fit the contract: {0}")]
    Contract(String),
}

impl Plugin {
    /// Links a compiled component and finds what it exports.
    ///
    /// # Errors
    ///
    /// When its imports are not allowed or its exports do not fit the
    /// contract.
    pub fn link(
        linker: &Linker<Call>,
        component: &Component,
        manifest: Arc<Manifest>,
        deny: &[Capability],
        limits: &config::Sandbox,
    ) -> Result<Plugin, LoadError> {
        let engine = linker.engine();
        let grants =
            Grants::check(engine, component, &manifest, deny).map_err(LoadError::Imports)?;
        let contract = |error: wasmtime::Error| LoadError::Contract(format!("{error:#}"));
        let instance = linker.instantiate_pre(component).map_err(contract)?;
        let card = v1::card::GuestIndices::new(&instance).map_err(contract)?;
        // A misshapen export must be an error and not "absent", so look for
        // the name first.
        let exports = |interface: &str| {
            let prefix = format!("{}/{interface}@", crate::contract::PACKAGE);
            let component_type = component.component_type();
            let mut names = component_type.exports(engine);
            names.any(|(name, _)| name.starts_with(&prefix))
        };
        let actions = exports("actions")
            .then(|| v1::actions::GuestIndices::new(&instance))
            .transpose()
            .map_err(contract)?;
        let jobs = exports("jobs")
            .then(|| v1::jobs::GuestIndices::new(&instance))
            .transpose()
            .map_err(contract)?;
        let lifecycle = exports("lifecycle")
            .then(|| v1::lifecycle::GuestIndices::new(&instance))
            .transpose()
            .map_err(contract)?;
        Ok(Plugin {
            name: manifest.name.as_str().into(),
            manifest,
            instance,
            card,
            actions,
            jobs,
            lifecycle,
            grants: Arc::new(grants),
            permits: Semaphore::new(limits.instances_per_plugin_max as usize),
            budget: Budget::new(
                limits.cpu_ms_per_second_per_plugin,
                limits.cpu_burst_ms,
                Instant::now(),
            ),
            health: Health::new(limits),
            refusals: Seldom::default(),
        })
    }

    /// `publisher/name@version`.
    pub fn full_name(&self) -> String {
        format!("{}@{}", self.name, self.manifest.version)
    }

    /// Whether readers can act on its cards.
    pub fn takes_actions(&self) -> bool {
        self.actions.is_some()
    }

    /// Whether it has something to do when a card begins, or when its data are
    /// of an earlier version.
    pub fn has_lifecycle(&self) -> bool {
        self.lifecycle.is_some()
    }

    /// Where its requests may go as far as its manifest says.
    pub fn outbound(&self) -> &[OutboundHost] {
        self.grants.outbound()
    }

    /// What the operator refuses it.
    pub fn denied(&self) -> &[Capability] {
        self.grants.denied()
    }
}

impl std::fmt::Debug for Plugin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Plugin").field(&self.full_name()).finish()
    }
}
