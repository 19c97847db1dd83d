//! The program as a process: its start, its sockets, its end.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

const PROGRAM: &str = env!("CARGO_BIN_EXE_primebench-actix");

/// Far above what any step takes: a test that would hang fails instead.
const DEADLINE: Duration = Duration::from_secs(20);

struct Service {
    process: Child,
    announcement: String,
    address: String,
}

impl Service {
    fn start(flags: &[&str]) -> Self {
        let mut process = Command::new(PROGRAM)
            .args(["--port", "0"])
            .args(flags)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut announcement = String::new();
        let output = process.stdout.take().expect("standard output is a pipe");
        BufReader::new(output).read_line(&mut announcement).expect("the announcement can be read");
        let address = announcement.split("http://").nth(1).and_then(|rest| rest.split(' ').next());
        let address = address.expect("the announcement names the address").to_owned();
        Self { process, announcement, address }
    }

    fn connect(&self) -> TcpStream {
        let connection = TcpStream::connect(&self.address).expect("the service listens");
        connection.set_read_timeout(Some(DEADLINE)).expect("a timeout can be set");
        connection
    }

    fn signal(&self, name: &str) {
        let status = Command::new("kill").args([name, &self.process.id().to_string()]).status();
        assert!(status.expect("kill runs").success());
    }

    fn exit_code(mut self) -> Option<i32> {
        self.process.wait().expect("the process can be waited for").code()
    }
}

impl Drop for Service {
    /// A failed test leaves no process behind; after `exit_code` there is none.
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn send(connection: &mut TcpStream, request: &str) {
    connection.write_all(request.as_bytes()).expect("the request can be sent");
}

/// Reads until what was read ends with `end`.
fn receive_until(connection: &mut TcpStream, end: &str) -> String {
    let mut received = Vec::new();
    let mut byte = [0];
    while !received.ends_with(end.as_bytes()) {
        let count = connection.read(&mut byte).expect("an answer comes in time");
        assert_eq!(count, 1, "closed after {:?}", String::from_utf8_lossy(&received));
        received.push(byte[0]);
    }
    String::from_utf8(received).expect("answers are UTF-8")
}

fn receive_all(connection: &mut TcpStream) -> String {
    let mut received = String::new();
    connection.read_to_string(&mut received).expect("the connection closes in time");
    received
}

fn run(flags: &[&str]) -> Output {
    Command::new(PROGRAM).args(flags).output().expect("the program starts")
}

#[track_caller]
fn assert_one_line_on_standard_error(output: &Output, code: i32) {
    assert_eq!(output.status.code(), Some(code));
    let message = String::from_utf8_lossy(&output.stderr);
    assert_eq!(message.lines().count(), 1, "{message}");
    assert!(output.stdout.is_empty());
}

#[test]
fn the_announcement_tells_the_real_port_and_the_settings() {
    let service = Service::start(&["--threads", "1", "--max-n", "500", "--tier", "published"]);
    let expected = format!(
        "primebench-actix listening on http://{} threads=1 max_n=500 tier=published\n",
        service.connect().peer_addr().expect("connected")
    );
    assert_eq!(service.announcement, expected);
    assert!(!service.address.ends_with(":0"));
}

#[test]
fn it_listens_on_ipv6() {
    let service = Service::start(&["--host", "::1", "--threads", "1"]);
    assert!(service.address.starts_with("[::1]:"), "{}", service.address);
    let mut connection = service.connect();
    send(&mut connection, "GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
    assert!(receive_until(&mut connection, "}").starts_with("HTTP/1.1 200"));
}

#[test]
fn bad_flags_are_one_line_and_exit_code_2() {
    for flags in [&["--bogus"][..], &["--port"], &["--port", "x"], &["--threads", "0"], &["--max-n", "0"]] {
        assert_one_line_on_standard_error(&run(flags), 2);
    }
}

#[test]
fn help_goes_to_standard_output() {
    let output = run(&["--help"]);
    assert_eq!(output.status.code(), Some(0));
    let help = String::from_utf8(output.stdout).expect("UTF-8");
    for flag in ["--host", "--port", "--threads", "--max-n", "--tier", "--handler"] {
        assert!(help.contains(flag), "{flag} is missing in {help}");
    }
}

#[test]
fn an_address_in_use_is_one_line_and_exit_code_1() {
    let service = Service::start(&["--threads", "1"]);
    let port = service.address.rsplit(':').next().expect("a port");
    assert_one_line_on_standard_error(&run(&["--port", port]), 1);
}

#[test]
fn an_address_of_another_machine_is_one_line_and_exit_code_1() {
    // 192.0.2.0/24 belongs to no machine (RFC 5737).
    assert_one_line_on_standard_error(&run(&["--host", "192.0.2.1", "--port", "0"]), 1);
}

#[test]
fn a_body_in_many_chunks_is_put_together() {
    let service = Service::start(&["--threads", "1"]);
    let mut connection = service.connect();
    send(&mut connection, "POST /calculate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n");
    send(&mut connection, "Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n");
    receive_until(&mut connection, "100 Continue\r\n\r\n");
    for byte in r#"{"n":168}"#.chars() {
        send(&mut connection, &format!("1;extension=ignored\r\n{byte}\r\n"));
    }
    send(&mut connection, "0\r\nTrailer: ignored\r\n\r\n");
    assert!(receive_until(&mut connection, "}").contains(r#"{"n":168,"prime":997,"#));
}

#[test]
fn an_error_answer_leaves_the_connection_usable() {
    let service = Service::start(&["--threads", "1"]);
    let mut connection = service.connect();
    let wrong = [
        "POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 7\r\n\r\n{\"n\":1}",
        "PUT /calculate HTTP/1.1\r\nHost: x\r\nContent-Length: 7\r\n\r\n{\"n\":1}",
        "POST /calculate HTTP/1.1\r\nHost: x\r\nContent-Length: 7\r\n\r\n{\"n\":1}",
        "POST /calculate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 7\r\n\r\n{\"n\":0}",
    ];
    for request in wrong {
        send(&mut connection, request);
        assert!(receive_until(&mut connection, "}").starts_with("HTTP/1.1 4"));
    }
    send(&mut connection, "GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
    assert!(receive_until(&mut connection, "}").starts_with("HTTP/1.1 200"));
}

#[test]
fn a_chunked_body_over_the_limit_closes_even_if_it_never_ends() {
    let service = Service::start(&["--threads", "1"]);
    let mut connection = service.connect();
    send(&mut connection, "POST /calculate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n");
    send(&mut connection, &format!("Transfer-Encoding: chunked\r\n\r\n1001\r\n{}\r\n", "a".repeat(0x1001)));
    let answer = receive_all(&mut connection);
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    assert!(answer.contains("connection: close"), "{answer}");
}

#[test]
fn a_malformed_chunk_is_answered_and_closes() {
    let service = Service::start(&["--threads", "1"]);
    let mut connection = service.connect();
    send(&mut connection, "POST /calculate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n");
    send(&mut connection, "Transfer-Encoding: chunked\r\n\r\nzz\r\n");
    let answer = receive_all(&mut connection);
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    assert!(answer.contains("connection: close"), "{answer}");
}

/// A request is in flight once the service has said `100 Continue`; that the drain has begun shows when the idle
/// connection closes. Only then does the request's body follow.
#[test]
fn both_signals_close_idle_connections_and_answer_what_is_in_flight() {
    for signal in ["-TERM", "-INT"] {
        let service = Service::start(&["--threads", "1"]);
        let mut idle = service.connect();
        send(&mut idle, "GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
        receive_until(&mut idle, "}");
        let mut busy = service.connect();
        send(&mut busy, "POST /calculate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n");
        send(&mut busy, "Expect: 100-continue\r\nContent-Length: 9\r\n\r\n");
        receive_until(&mut busy, "100 Continue\r\n\r\n");

        service.signal(signal);
        assert_eq!(receive_all(&mut idle), "", "{signal}");
        send(&mut busy, r#"{"n":168}"#);
        let answer = receive_all(&mut busy);

        assert!(answer.starts_with("HTTP/1.1 200"), "{signal}: {answer}");
        assert!(answer.contains(r#""prime":997"#), "{signal}: {answer}");
        assert_eq!(service.exit_code(), Some(0), "{signal}");
    }
}

/// Asks for what takes minutes: the connection on which no answer comes while a test runs.
fn begin_calculation_without_end(service: &Service) -> TcpStream {
    let mut busy = service.connect();
    send(&mut busy, "POST /calculate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n");
    send(&mut busy, "Expect: 100-continue\r\nContent-Length: 14\r\n\r\n");
    receive_until(&mut busy, "100 Continue\r\n\r\n");
    send(&mut busy, r#"{"n":10000000}"#);
    busy
}

#[test]
fn a_calculation_without_end_does_not_keep_the_process() {
    for handler in ["inline", "web-block", "clone"] {
        let service = Service::start(&["--threads", "1", "--max-n", "10000000", "--handler", handler]);
        let _busy = begin_calculation_without_end(&service);
        service.signal("-TERM");
        assert_eq!(service.exit_code(), Some(0), "{handler}");
    }
}

/// With one worker, which would not answer while it calculates.
#[test]
fn a_blocking_calculation_leaves_the_worker_to_others() {
    let service = Service::start(&["--threads", "1", "--max-n", "10000000", "--handler", "web-block"]);
    assert!(service.announcement.ends_with(" handler=web-block\n"), "{}", service.announcement);
    let _busy = begin_calculation_without_end(&service);
    let mut other = service.connect();
    for _ in 0..2 {
        send(&mut other, "GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
        assert!(receive_until(&mut other, "}").starts_with("HTTP/1.1 200"));
    }
}
