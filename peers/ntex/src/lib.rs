//! The field's three tasks with ntex: [`routes`] leads to the handlers, [`body`] reads what they ask for, [`server`] listens and drains.

pub mod body;
pub mod refusal;
pub mod routes;
pub mod server;

/// The name in messages and in the line that announces the service.
pub const PROGRAM: &str = "primebench-ntex";
