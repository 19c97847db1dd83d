//! `GET /json/{id}`: a document of 20 fields, made from its id. `docs/reference/field-tasks.md` says what each field is.

use actix_web::HttpResponse;
use actix_web::web::Path;
use serde::Serialize;

use crate::problem::Problem;

const LAST: u64 = 1_000_000;

/// The body of a `200`.
#[derive(Serialize)]
pub struct Item {
    id: u64,
    name: String,
    active: bool,
    score: f64,
    quantity: u64,
    price_cents: u64,
    currency: &'static str,
    category: String,
    sku: String,
    tags: [String; 3],
    dimensions: Dimensions,
    weight_g: u64,
    rating: f64,
    reviews: u64,
    in_stock: bool,
    supplier: Option<String>,
    description: String,
    note: String,
    created: u64,
    next: String,
}

#[derive(Serialize)]
struct Dimensions {
    width: u64,
    height: u64,
    depth: u64,
}

impl Item {
    /// The item of that id, 1 to 1,000,000.
    #[must_use]
    pub fn find(id: u64) -> Option<Self> {
        (1..=LAST).contains(&id).then(|| Self::of(id))
    }

    fn of(id: u64) -> Self {
        Self {
            id,
            name: format!("item-{id}"),
            active: id.is_multiple_of(2),
            score: exact(id) / 4.0,
            quantity: id % 1000,
            price_cents: id * 25 % 100_000,
            currency: "EUR",
            category: format!("category-{}", id % 16),
            sku: format!("SKU-{id:08}"),
            tags: [format!("t{}", id % 7), format!("t{}", id % 11), format!("t{}", id % 13)],
            dimensions: Dimensions { width: id % 101, height: id % 103, depth: id % 107 },
            weight_g: id % 5000 + 1,
            rating: exact(id % 11) / 2.0,
            reviews: id % 977,
            in_stock: !id.is_multiple_of(3),
            supplier: (!id.is_multiple_of(5)).then(|| format!("supplier-{}", id % 5)),
            description: format!("Item {id}: \"quoted\", a back\\slash and a line\nbreak"),
            note: format!("Zürich №{id}"),
            created: 1_700_000_000 + id,
            next: format!("/json/{}", id % LAST + 1),
        }
    }
}

/// An id as a number with a fraction: none is beyond 32 bits.
#[expect(clippy::cast_precision_loss, reason = "ids end at 1,000,000")]
fn exact(id: u64) -> f64 {
    id as f64
}

/// The handler; the route lets one to seven digits through.
///
/// # Errors
/// `404` for an id that names nothing.
pub async fn handle(id: Path<u64>) -> Result<HttpResponse, Problem> {
    let item = Item::find(id.into_inner()).ok_or(Problem::NO_SUCH_ITEM)?;
    Ok(HttpResponse::Ok().json(item))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEVEN: &str = concat!(
        r#"{"id":7,"name":"item-7","active":false,"score":1.75,"quantity":7,"price_cents":175,"currency":"EUR","#,
        r#""category":"category-7","sku":"SKU-00000007","tags":["t0","t7","t7"],"#,
        r#""dimensions":{"width":7,"height":7,"depth":7},"weight_g":8,"rating":3.5,"reviews":7,"in_stock":true,"#,
        r#""supplier":"supplier-2","description":"Item 7: \"quoted\", a back\\slash and a line\nbreak","#,
        r#""note":"Zürich №7","created":1700000007,"next":"/json/8"}"#,
    );

    #[test]
    fn an_item_is_the_contracts() {
        let item = Item::find(7).expect("there is one");
        assert_eq!(serde_json::to_string(&item).expect("it serialises"), SEVEN);
    }

    #[test]
    fn items_begin_at_1_and_end_at_a_million() {
        assert!(Item::find(0).is_none());
        assert!(Item::find(LAST + 1).is_none());
        let last = Item::find(LAST).expect("there is one");
        assert_eq!((last.next.as_str(), last.sku.as_str(), last.supplier), ("/json/1", "SKU-01000000", None));
    }
}
