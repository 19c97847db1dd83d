//! The n-th prime over HTTP: the Actix Web service that primebench compares.
//!
//! A request passes through [`routes`] (which path, which method), [`calculate`] (decode, calculate, encode) and
//! [`prime`] (the work); [`body`] reads what the client sends and [`problem`] words what goes wrong.
//! [`routes`] also has the other tasks of the field: plain text, [`item`] (JSON built) and [`order`] (JSON parsed).
//! [`handler`] says what else may take the place of the handler: [`blocking`], [`cloning`].
//! [`server`] starts and drains the whole, as [`settings`] say.

pub mod blocking;
pub mod body;
pub mod calculate;
pub mod cloning;
pub mod duration;
pub mod handler;
pub mod header_section;
pub mod item;
pub mod order;
pub mod prime;
pub mod problem;
pub mod routes;
pub mod server;
pub mod settings;
