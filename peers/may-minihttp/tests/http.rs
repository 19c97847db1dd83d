//! The program as a process: what each route answers, and how it ends.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

const PROGRAM: &str = env!("CARGO_BIN_EXE_primebench-may-minihttp");

struct Service {
    process: Child,
    address: String,
}

impl Service {
    fn start() -> Self {
        let mut process = Command::new(PROGRAM)
            .args(["--port", "0", "--threads", "1", "--max-n", "1000"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut line = String::new();
        BufReader::new(process.stdout.take().expect("a pipe")).read_line(&mut line).expect("a line");
        let address = line.split("http://").nth(1).and_then(|rest| rest.split(' ').next()).expect("an address");
        Self { address: address.to_owned(), process }
    }

    /// Asks all in one write, on one connection, and returns as many answers: each a head and a body.
    fn ask_all(&self, requests: &[&str]) -> Vec<(String, String)> {
        let mut stream = TcpStream::connect(&self.address).expect("it listens");
        stream.write_all(requests.concat().as_bytes()).expect("it reads");
        let mut reader = BufReader::new(stream);
        requests.iter().map(|_| read_answer(&mut reader)).collect()
    }

    fn ask(&self, method: &str, path: &str, content_type: &str, body: &str) -> (String, String) {
        self.ask_all(&[&request(method, path, content_type, body)]).remove(0)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn request(method: &str, path: &str, content_type: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {content_type}\r\nContent-Length: {length}\r\n\r\n{body}"
    )
}

fn read_answer(reader: &mut impl BufRead) -> (String, String) {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        assert_ne!(reader.read_line(&mut head).expect("a line"), 0, "the connection ends after {head:?}");
    }
    let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: ")).expect("a length");
    let mut body = vec![0; length.parse().expect("a number")];
    reader.read_exact(&mut body).expect("a body");
    (head, String::from_utf8(body).expect("UTF-8"))
}

#[test]
fn each_task_has_its_answer() {
    let service = Service::start();
    for (method, path, body, content_type, begins) in [
        ("POST", "/calculate?x=1", r#"{"n":1000}"#, "application/json", r#"{"n":1000,"prime":7919,"duration":""#),
        ("GET", "/plaintext", "", "text/plain", "Hello, World!"),
        ("GET", "/json/7", "", "application/json", r#"{"id":7,"name":"item-7","#),
        ("POST", "/json", r#"{"order":5,"items":[],"comment":""}"#, "application/json", r#"{"order":5,"count":0,"#),
        ("GET", "/health", "", "application/json", r#"{"status":"ok"}"#),
    ] {
        let (head, text) = service.ask(method, path, "application/json", body);
        assert!(head.starts_with("HTTP/1.1 200 "), "{path}: {head}");
        assert!(head.contains(&format!("Content-Type: {content_type}\r\n")), "{path}: {head}");
        assert!(text.starts_with(begins), "{path}: {text}");
    }
}

#[test]
fn what_is_not_served_is_a_problem_and_the_next_request_is_answered() {
    let service = Service::start();
    let too_long = " ".repeat(4_097);
    let far_too_long = " ".repeat(65_537);
    for (status, method, path, content_type, body, allow) in [
        (404, "GET", "/", "", "", ""),
        (404, "GET", "/json/0", "", "body", ""),
        (405, "GET", "/calculate", "", "", "Allow: POST"),
        (405, "DELETE", "/json/1", "", "body", "Allow: GET, HEAD"),
        (415, "POST", "/calculate", "text/plain", r#"{"n":1}"#, ""),
        (413, "POST", "/calculate", "application/json", &too_long, ""),
        (413, "POST", "/json", "application/json", &far_too_long, ""),
        (400, "POST", "/calculate", "application/json", "{", ""),
        (422, "POST", "/calculate", "application/json", r#"{"n":1001}"#, ""),
        (422, "POST", "/json", "application/json", "{}", ""),
    ] {
        let answers =
            service.ask_all(&[&request(method, path, content_type, body), &request("GET", "/health", "", "")]);
        let (head, text) = &answers[0];
        assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{method} {path}: {head}");
        assert!(head.contains("Content-Type: application/problem+json\r\n") && head.contains(allow), "{head}");
        assert!(text.contains(&format!("\"status\":{status}")), "{text}");
        assert!(answers[1].0.starts_with("HTTP/1.1 200 "), "{method} {path}: then {}", answers[1].0);
    }
}

#[test]
fn head_has_no_content() {
    let service = Service::start();
    for path in ["/plaintext", "/calculate", "/nothing"] {
        let answers = service.ask_all(&[&request("HEAD", path, "", ""), &request("GET", "/plaintext", "", "")]);
        assert_eq!((answers[0].1.as_str(), answers[1].1.as_str()), ("", "Hello, World!"), "{path}");
    }
}

#[test]
fn a_signal_ends_it_with_0_and_a_wrong_flag_with_2() {
    let mut service = Service::start();
    let pid = service.process.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().expect("kill").success());
    assert_eq!(service.process.wait().expect("it ends").code(), Some(0));
    let wrong = Command::new(PROGRAM).arg("--bogus").stderr(Stdio::null()).status().expect("it starts");
    assert_eq!(wrong.code(), Some(2));
}

#[test]
fn an_address_in_use_ends_it_with_1() {
    let service = Service::start();
    let port = service.address.rsplit(':').next().expect("a port");
    let second = Command::new(PROGRAM).args(["--port", port]).stderr(Stdio::null()).status().expect("it starts");
    assert_eq!(second.code(), Some(1));
}
