//! Which path and method lead where.

use actix_web::HttpRequest;
use actix_web::HttpResponse;
use actix_web::guard::{Guard, fn_guard};
use actix_web::http::header::{ALLOW, ContentType, HeaderValue};
use actix_web::web::{self, Data, Payload, ServiceConfig};

use crate::body::{self, SIZE_LIMIT_BYTES};
use crate::problem::Problem;
use crate::settings::Settings;
use crate::{header_section, item, order};

/// Configures an `App`; the same for the server and for the tests.
///
/// A header section over the limit is no match for a resource, and so ends at the default service with what is unknown:
/// a guard there costs one sum per request, where a middleware would cost every request an allocation.
pub fn configure(settings: Settings) -> impl FnOnce(&mut ServiceConfig) {
    move |app| {
        app.app_data(Data::new(settings))
            .service(
                web::resource("/calculate")
                    .guard(header_section_fits())
                    .route(settings.handler.route())
                    .default_service(web::to(|request, payload| refuse_method("POST", request, payload))),
            )
            .service(
                web::resource("/health")
                    .guard(header_section_fits())
                    .route(web::get().to(health))
                    .route(web::head().to(health))
                    .default_service(web::to(|request, payload| refuse_method("GET, HEAD", request, payload))),
            )
            .service(
                web::resource("/plaintext")
                    .guard(header_section_fits())
                    .route(web::get().to(plaintext))
                    .route(web::head().to(plaintext))
                    .default_service(web::to(|request, payload| refuse_method("GET, HEAD", request, payload))),
            )
            .service(
                web::resource("/json")
                    .guard(header_section_fits())
                    .route(web::post().to(order::handle))
                    .default_service(web::to(|request, payload| refuse_method("POST", request, payload))),
            )
            .service(
                web::resource("/json/{id:[0-9]{1,7}}")
                    .guard(header_section_fits())
                    .route(web::get().to(item::handle))
                    .route(web::head().to(item::handle))
                    .default_service(web::to(|request, payload| refuse_method("GET, HEAD", request, payload))),
            )
            .default_service(web::to(refuse_unmatched));
    }
}

fn header_section_fits() -> impl Guard {
    fn_guard(|context| header_section::fits(context.head()))
}

/// `200` once the service listens. For `HEAD` actix-http sends the header of this and leaves the body out.
async fn health(request: HttpRequest, mut payload: Payload) -> HttpResponse {
    match body::read::<SIZE_LIMIT_BYTES>(&request, &mut payload).await {
        Ok(_) => HttpResponse::Ok().content_type(ContentType::json()).body(r#"{"status":"ok"}"#),
        Err(problem) => body::refuse_unread(problem, payload),
    }
}

async fn plaintext() -> &'static str {
    "Hello, World!"
}

async fn refuse_method(allow: &'static str, request: HttpRequest, payload: Payload) -> HttpResponse {
    let mut response = body::refuse(Problem::METHOD_NOT_ALLOWED, &request, payload).await;
    response.headers_mut().insert(ALLOW, HeaderValue::from_static(allow));
    response
}

async fn refuse_unmatched(request: HttpRequest, payload: Payload) -> HttpResponse {
    let fits = header_section::fits(request.head());
    let problem = if fits { Problem::NO_SUCH_PATH } else { Problem::HEADER_SECTION_TOO_LARGE };
    body::refuse(problem, &request, payload).await
}
