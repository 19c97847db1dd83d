//! What axum, ntex and `may_minihttp` serve here, without a server: a request's body in, an answer's body out.
//!
//! [`calculate`] with [`prime`] and [`duration`] is the task prime, [`item`] and [`order`] are the task json. [`problem`] words what goes
//! wrong, [`settings`] reads the command line. What a framework's users would write with the framework is in its own folder.

pub mod calculate;
pub mod duration;
pub mod item;
pub mod media_type;
pub mod order;
pub mod prime;
pub mod problem;
pub mod settings;
