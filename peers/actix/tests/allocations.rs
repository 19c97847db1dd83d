//! What the handlers take from the heap: decoding nothing, unless ignored values nest; the handler that clones, its clones.
//!
//! Each test counts what its own thread allocates.
#![expect(unsafe_code, reason = "an allocator that counts has to implement an unsafe trait")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::hint::black_box;

use primebench_actix::calculate::{calculate, decode};
use primebench_actix::cloning::{decode_clone, encode_clone};
use primebench_actix::prime::Tier;
use primebench_actix::problem::Problem;

struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<u64> = const { Cell::new(0) };
}

// SAFETY: every call goes to the system's allocator unchanged; the count allocates nothing (const, no destructor).
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promises are passed on.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn allocations_of<T>(work: impl FnOnce() -> T) -> (T, u64) {
    let before = ALLOCATIONS.get();
    let result = work();
    (result, ALLOCATIONS.get() - before)
}

#[test]
fn decoding_allocates_nothing() {
    let (_, of_a_vector) = allocations_of(|| black_box(vec![0_u8; 100]));
    assert_eq!(of_a_vector, 1, "the count works");

    for (body, expected) in [
        (&br#"{"n": 10000}"#[..], Ok(10_000)),
        (br#"{"x":"a string","y":[1,2,3],"n":7}"#, Ok(7)),
        (br#"{"n":99999999999999999999999999999999999999999}"#, Err(Problem::N_OUT_OF_RANGE)),
    ] {
        assert_eq!(allocations_of(|| decode(black_box(body), 100_000)), (expected, 0));
    }
}

#[test]
fn cloning_allocates_an_owned_body_its_clone_and_a_clone_of_the_answer() {
    let body = br#"{"n": 10000}"#;
    assert_eq!(allocations_of(|| decode_clone(black_box(body), 100_000)), (Ok(10_000), 2));

    let answer = calculate(Tier::Reference, 10);
    let (text, once) = allocations_of(|| serde_json::to_string(&answer).expect("an answer serialises"));
    let (clone, allocated) = allocations_of(|| encode_clone(&answer).expect("an answer serialises"));
    assert_eq!((clone, allocated), (text, once + 1));
}
