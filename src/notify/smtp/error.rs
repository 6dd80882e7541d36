//! Errors in sending email.

/// Why an email was not sent, or not to all its recipients. `server` is the host with its port; no error contains the
/// password.
#[derive(Debug, thiserror::Error)]
pub enum SmtpError {
    /// The certificates to trust cannot be loaded.
    #[error("cannot set up TLS: {problem}")]
    Setup {
        /// The cause.
        problem: String,
    },
    /// There is no connection, or the server did not accept it. Nothing was sent.
    #[error("cannot connect to {server}: {problem}")]
    Connect {
        /// The server.
        server: String,
        /// What happened.
        problem: String,
        /// Whether another attempt may help.
        is_temporary: bool,
    },
    /// The server does not support encryption. Nothing was sent.
    #[error("{server} does not offer STARTTLS, so the connection cannot be encrypted")]
    NoStartTls {
        /// The server.
        server: String,
    },
    /// The server supports no login with a password. Nothing was sent.
    #[error("{server} offers no login with a user and password")]
    NoLogin {
        /// The server.
        server: String,
    },
    /// The server rejected the user or password. Nothing was sent.
    #[error("{server} rejected the login: {answer}")]
    Login {
        /// The server.
        server: String,
        /// Its answer.
        answer: String,
    },
    /// An email address has characters that the server does not support. Nothing was sent.
    #[error("{server} supports only email addresses in ASCII")]
    Addresses {
        /// The server.
        server: String,
    },
    /// The server rejected the sender or the message. No recipient gets it.
    #[error("{server} rejected {what}: {answer}")]
    Rejected {
        /// The server.
        server: String,
        /// What was rejected, as in `the sender a@example.com`.
        what: String,
        /// The answer.
        answer: String,
        /// Whether the server says that it is temporary.
        is_temporary: bool,
    },
    /// The server rejected recipients. All others get the message.
    #[error("{server} rejected {} of {count} recipients: {}{}", rejected.len(), joined(rejected), others(*count - rejected.len()))]
    Recipients {
        /// The server.
        server: String,
        /// The rejected addresses, each with the answer. Never empty.
        rejected: Vec<(String, String)>,
        /// How many recipients the message has.
        count: usize,
        /// Whether the server says that a rejection is temporary.
        is_temporary: bool,
    },
    /// The connection was interrupted.
    #[error("the connection to {server} was interrupted: {problem}{}", if *may_have_arrived { "; the message may have been sent" } else { "" })]
    Interrupted {
        /// The server.
        server: String,
        /// What happened.
        problem: String,
        /// Whether the server may have accepted the message.
        may_have_arrived: bool,
    },
}

fn joined(rejected: &[(String, String)]) -> String {
    rejected.iter().map(|(address, answer)| format!("{address} ({answer})")).collect::<Vec<_>>().join(", ")
}

fn others(count: usize) -> &'static str {
    match count {
        0 => "",
        1 => "; the message was sent to the other",
        _ => "; the message was sent to the others",
    }
}

impl SmtpError {
    /// What to do about it, if anything.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Connect { problem, .. } if problem.contains("certificate") => {
                "for a certificate from a private authority, set TIDINGS_NETWORK__CA_FILE; the host in the URL must be that of the certificate"
            }
            Self::Connect { problem, .. } if problem.contains("corrupt message") => {
                "the server does not begin with TLS on this port: use smtp://, or the port for smtps (often 465)"
            }
            Self::NoStartTls { .. } => "use smtps:// with the server's port for TLS (often 465)",
            Self::Login { .. } => {
                "check user and password in the SMTP URL; many providers require an app password, or must allow SMTP for the account"
            }
            Self::Rejected { is_temporary: true, .. } => {
                "the server calls it temporary: try again in some minutes"
            }
            Self::Recipients { rejected, count, is_temporary: true, .. } if rejected.len() == *count => {
                "the server calls it temporary: try again in some minutes"
            }
            Self::Recipients { .. } => "correct the addresses in `to` under [[notify]]",
            Self::Interrupted { may_have_arrived: true, .. } => {
                "ask a recipient whether the message has arrived before you send it again"
            }
            // The message says what is wrong with the server, the certificates or the addresses.
            Self::Setup { .. }
            | Self::Connect { .. }
            | Self::NoLogin { .. }
            | Self::Addresses { .. }
            | Self::Rejected { .. }
            | Self::Interrupted { .. } => return None,
        };
        Some(hint.to_owned())
    }
}
