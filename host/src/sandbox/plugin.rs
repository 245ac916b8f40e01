//! A plugin that is loaded: checked, linked, ready to be instantiated.

use super::artifact::ArtifactError;
use super::call::Call;
use super::grants::Grants;
use super::limits::{Budget, Health, Seldom};
use crate::config::manifest::Manifest;
use crate::config::{self, Capability};
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
        let grants = Grants::check(engine, component, &manifest.capabilities, deny)
            .map_err(LoadError::Imports)?;
        let contract = |error: wasmtime::Error| LoadError::Contract(format!("{error:#}"));
        let instance = linker.instantiate_pre(component).map_err(contract)?;
        let card = v1::card::GuestIndices::new(&instance).map_err(contract)?;
        // A misshapen `actions` must be an error and not "absent", so look
        // for the name first.
        let prefix = format!("{}/actions@", crate::contract::PACKAGE);
        let has_actions = component
            .component_type()
            .exports(engine)
            .any(|(name, _)| name.starts_with(&prefix));
        let actions = has_actions
            .then(|| v1::actions::GuestIndices::new(&instance))
            .transpose()
            .map_err(contract)?;
        Ok(Plugin {
            name: manifest.name.as_str().into(),
            manifest,
            instance,
            card,
            actions,
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
