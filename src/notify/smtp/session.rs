//! A session with an SMTP server: connects, encrypts, logs in, and sends one email.

use std::{sync::mpsc, thread, time::Duration};

use backon::BlockingRetryable as _;
use lettre::{
    address::Address,
    transport::smtp::{
        Error as LettreError,
        authentication::{Credentials, Mechanism},
        client::{Certificate, SmtpConnection, TlsParameters, TlsParametersBuilder},
        commands::{Data, Mail, Rcpt},
        extension::{ClientId, Extension, MailParameter},
    },
};

use super::{
    error::SmtpError,
    server::{Encryption, SmtpServer},
};
use crate::{
    http,
    notify::{
        email::Email,
        text::{cut, line},
    },
    redact::Redactor,
};

/// How many characters of a server's answer are shown in an error.
const ANSWER_CHARS: usize = 200;
/// How long to wait for an answer to `QUIT`, which changes nothing.
const QUIT_TIMEOUT: Duration = Duration::from_secs(2);
/// The number of answers to wait for, in addition to one for each recipient.
const ANSWERS: u32 = 12;
const MECHANISMS: [Mechanism; 2] = [Mechanism::Plain, Mechanism::Login];

/// Limits, and the certificates to trust.
pub struct SmtpOptions {
    /// Time limit for each answer of the server.
    pub timeout: Duration,
    /// Maximum number of attempts to connect, including the first.
    pub tries: usize,
    /// Certificates in PEM format to trust in addition to the system's.
    pub certificates: Option<Vec<u8>>,
    /// The values to redact in answers.
    pub secrets: Redactor,
}

/// Sends an email to all its recipients. Repeats only attempts in which nothing was sent.
///
/// # Errors
/// If the server cannot be reached, or rejects the login, the message or a recipient.
pub fn send_email(options: &SmtpOptions, server: &SmtpServer, email: &Email) -> Result<(), SmtpError> {
    let tls = match server.encryption {
        Encryption::None => None,
        Encryption::Implicit | Encryption::StartTls => Some(tls_parameters(options, server)?),
    };
    let attempt = || {
        let session = Session {
            server: server.clone(),
            tls: tls.clone(),
            timeout: options.timeout,
            secrets: options.secrets.clone(),
        };
        session.run(email.clone())
    };
    attempt
        .retry(http::backoff(options.tries))
        .sleep(thread::sleep)
        .when(|error| matches!(error, SmtpError::Connect { is_temporary: true, .. }))
        .call()
}

/// TLS with the same verifier as for HTTP: that of the system, and the additional certificates.
fn tls_parameters(options: &SmtpOptions, server: &SmtpServer) -> Result<TlsParameters, SmtpError> {
    let fail = |error: LettreError| SmtpError::Setup { problem: error.to_string() };
    let mut builder = TlsParametersBuilder::new(server.host_name());
    if let Some(pem) = &options.certificates {
        builder = builder.add_root_certificate(Certificate::from_pem(pem).map_err(fail)?);
    }
    builder.build().map_err(fail)
}

struct Session {
    server: SmtpServer,
    tls: Option<TlsParameters>,
    timeout: Duration,
    secrets: Redactor,
}

impl Session {
    /// Runs in a thread, because a server that sends one byte at a time is within every limit for a read.
    fn run(self, email: Email) -> Result<(), SmtpError> {
        let answers = ANSWERS.saturating_add(u32::try_from(email.to.len()).unwrap_or(u32::MAX));
        let limit = self.timeout.saturating_mul(answers);
        let server = self.server.address();
        let (finished, result) = mpsc::channel();
        thread::spawn(move || finished.send(self.send(&email)));
        result.recv_timeout(limit).unwrap_or_else(|_| {
            Err(SmtpError::Interrupted { server, problem: "timed out".to_owned(), may_have_arrived: true })
        })
    }

    fn send(&self, email: &Email) -> Result<(), SmtpError> {
        let mut connection = self.connect()?;
        let result = self.log_in(&mut connection).and_then(|()| self.transmit(&mut connection, email));
        // After an interruption, the server would not answer.
        if !matches!(result, Err(SmtpError::Interrupted { .. }))
            && connection.set_timeout(Some(QUIT_TIMEOUT)).is_ok()
        {
            drop(connection.quit());
        }
        result
    }

    fn connect(&self) -> Result<SmtpConnection, SmtpError> {
        let name = self.server.ehlo_name.clone().map_or_else(ClientId::default, ClientId::Domain);
        let host = self.server.host_name();
        let fail = |error: LettreError| self.connect_error(&error);
        let implicit = self.tls.as_ref().filter(|_| self.server.encryption == Encryption::Implicit);
        let target = (host.as_str(), self.server.port);
        let mut connection =
            SmtpConnection::connect(target, Some(self.timeout), &name, implicit, None).map_err(fail)?;
        if let (Encryption::StartTls, Some(tls)) = (self.server.encryption, &self.tls) {
            if !connection.can_starttls() {
                return Err(SmtpError::NoStartTls { server: self.server.address() });
            }
            connection.starttls(tls, &name).map_err(fail)?;
        }
        Ok(connection)
    }

    fn log_in(&self, connection: &mut SmtpConnection) -> Result<(), SmtpError> {
        let Some(login) = &self.server.login else { return Ok(()) };
        let server = self.server.address();
        if connection.server_info().get_auth_mechanism(&MECHANISMS).is_none() {
            return Err(SmtpError::NoLogin { server });
        }
        let credentials = Credentials::new(login.user.clone(), login.password.clone());
        match connection.auth(&MECHANISMS, &credentials) {
            Ok(_) => Ok(()),
            Err(error) if error.status().is_some() => {
                Err(SmtpError::Login { server, answer: self.answer(&error) })
            }
            Err(error) => Err(self.interrupted(&error, false)),
        }
    }

    fn transmit(&self, connection: &mut SmtpConnection, email: &Email) -> Result<(), SmtpError> {
        let addresses = email.to.iter().chain([&email.from]);
        let mut parameters = Vec::new();
        if !email.bytes.is_ascii() || !addresses.into_iter().all(is_ascii) {
            if !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
                return Err(SmtpError::Addresses { server: self.server.address() });
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        let sent = connection.command(Mail::new(Some(email.from.clone()), parameters));
        sent.map_err(|error| self.rejected(&error, || format!("the sender {}", email.from)))?;
        let (mut rejected, mut is_temporary) = (Vec::new(), false);
        for address in &email.to {
            match connection.command(Rcpt::new(address.clone(), Vec::new())) {
                Ok(_) => {}
                Err(error) if error.status().is_some() => {
                    is_temporary |= error.is_transient();
                    rejected.push((address.to_string(), self.answer(&error)));
                }
                Err(error) => return Err(self.interrupted(&error, false)),
            }
        }
        if rejected.len() < email.to.len() {
            let message = || "the message".to_owned();
            connection.command(Data).map_err(|error| self.rejected(&error, message))?;
            connection.message(&email.bytes).map_err(|error| match error.status() {
                Some(_) => self.rejected(&error, message),
                None => self.interrupted(&error, true),
            })?;
        }
        if rejected.is_empty() {
            return Ok(());
        }
        let (server, count) = (self.server.address(), email.to.len());
        Err(SmtpError::Recipients { server, rejected, count, is_temporary })
    }

    fn connect_error(&self, error: &LettreError) -> SmtpError {
        let (problem, is_temporary) = match error.status() {
            Some(_) => (self.answer(error), error.is_transient()),
            None => {
                let problem = self.problem(error);
                // A certificate does not become valid within seconds.
                let is_tls = problem.contains("certificate") || problem.contains("corrupt message");
                (problem, !is_tls)
            }
        };
        SmtpError::Connect { server: self.server.address(), problem, is_temporary }
    }

    fn rejected(&self, error: &LettreError, what: impl Fn() -> String) -> SmtpError {
        if error.status().is_none() {
            return self.interrupted(error, false);
        }
        SmtpError::Rejected {
            server: self.server.address(),
            what: what(),
            answer: self.answer(error),
            is_temporary: error.is_transient(),
        }
    }

    fn interrupted(&self, error: &LettreError, may_have_arrived: bool) -> SmtpError {
        let (server, problem) = (self.server.address(), self.problem(error));
        SmtpError::Interrupted { server, problem, may_have_arrived }
    }

    /// The server's answer: its code and text.
    fn answer(&self, error: &LettreError) -> String {
        let code = error.status().map(|code| code.to_string()).unwrap_or_default();
        let text = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
        // Redacted before it is cut: half a secret would not be recognised.
        let text = self.secrets.redact(&text);
        if self.server.is_password_in(&text) {
            return code;
        }
        cut(line(&format!("{code} {text}")).trim(), ANSWER_CHARS)
    }

    /// The innermost cause of a failed connection.
    fn problem(&self, error: &LettreError) -> String {
        let mut cause: &dyn std::error::Error = error;
        while let Some(deeper) = cause.source() {
            cause = deeper;
        }
        let kind = cause.downcast_ref::<std::io::Error>().map(std::io::Error::kind);
        if matches!(kind, Some(std::io::ErrorKind::TimedOut | std::io::ErrorKind::WouldBlock)) {
            return "timed out".to_owned();
        }
        let text = cause.to_string();
        match text.as_str() {
            "incomplete response" => "the server closed the connection".to_owned(),
            _ => cut(&line(&self.secrets.redact(&text)), ANSWER_CHARS),
        }
    }
}

fn is_ascii(address: &Address) -> bool {
    AsRef::<str>::as_ref(address).is_ascii()
}
