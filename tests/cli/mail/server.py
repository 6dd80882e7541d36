"""An SMTP server on loopback, by aiosmtpd, for the end-to-end tests.

Prints its port. Writes each message that it accepts as N.eml (as received, dots unstuffed), and as N.json with the
envelope and what Python's email package reads. Appends what clients did to `log`.
"""

import argparse
import asyncio
import email
import email.policy
import json
import pathlib
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

parser = argparse.ArgumentParser()
parser.add_argument("folder", type=pathlib.Path)
parser.add_argument("--tls", choices=["starttls", "implicit"])
parser.add_argument("--certificates", type=pathlib.Path, help="folder with server.pem and server.key")
parser.add_argument("--login", help="USER:PASSWORD, required from clients")
parser.add_argument("--mechanism", choices=["PLAIN", "LOGIN"])
parser.add_argument("--no-login", action="store_true", help="offer no AUTH")
parser.add_argument("--no-utf8", action="store_true", help="offer no SMTPUTF8")
parser.add_argument("--refuse-login", help="the response to every AUTH")
parser.add_argument("--refuse-sender", help="the response to MAIL")
parser.add_argument("--refuse", action="append", default=[], help="ADDRESS=RESPONSE to RCPT")
parser.add_argument("--refuse-message", help="the response to the message")
parser.add_argument("--busy", type=int, default=0, help="refuse this many connections with 421")
parser.add_argument("--hang", choices=["greeting", "message", "drip"])
options = parser.parse_args()


def log(text):
    with (options.folder / "log").open("a") as file:
        file.write(text + "\n")


class Handler:
    count = 0

    async def handle_MAIL(self, server, session, envelope, address, parameters):
        if options.refuse_sender:
            return options.refuse_sender
        envelope.mail_from = address
        envelope.mail_options.extend(parameters)
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, parameters):
        for refused in options.refuse:
            refused_address, response = refused.split("=", 1)
            if refused_address == address:
                return response
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if options.hang == "message":
            log("message")
            await asyncio.sleep(600)
        if options.refuse_message:
            return options.refuse_message
        content = envelope.original_content
        message = email.message_from_bytes(content, policy=email.policy.default)
        text, html = (message.get_body((kind,)) for kind in ("plain", "html"))
        read = {
            "ehlo": session.host_name,
            "tls": server.transport.get_extra_info("sslcontext") is not None,
            "login": session.auth_data,
            "sender": envelope.mail_from,
            "options": envelope.mail_options,
            "recipients": envelope.rcpt_tos,
            "headers": {name.lower(): str(value) for name, value in message.items()},
            "defects": [str(defect) for part in message.walk() for defect in part.defects],
            "text": text.get_content(),
            "html": html.get_content(),
            "longest_line": max(len(line) for line in content.split(b"\r\n")),
            "bare_line_ends": content.replace(b"\r\n", b"").count(b"\n") + content.replace(b"\r\n", b"").count(b"\r"),
        }
        Handler.count += 1
        (options.folder / f"{Handler.count}.eml").write_bytes(content)
        (options.folder / f"{Handler.count}.json").write_text(json.dumps(read))
        return "250 OK"


class Server(SMTP):
    async def _handle_client(self):
        log("connection")
        if options.busy > 0:
            options.busy -= 1
            await self.push("421 too busy, try again later")
            self.transport.close()
            return
        await super()._handle_client()


def authenticate(server, session, envelope, mechanism, data):
    log(f"login {mechanism}")
    user, password = data.login.decode(), data.password.decode()
    if options.refuse_login:
        return AuthResult(success=False, handled=False, message=options.refuse_login)
    is_valid = f"{user}:{password}" == options.login
    return AuthResult(success=is_valid, handled=False, auth_data=f"{user}:{password}")


async def hang(reader, writer):
    log("connection")
    while options.hang == "drip":
        writer.write(b"2")
        await writer.drain()
        await asyncio.sleep(0.3)
    await asyncio.sleep(600)


async def main():
    loop, context = asyncio.get_running_loop(), None
    if options.tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.certificates / "server.pem", options.certificates / "server.key")
    is_starttls = options.tls == "starttls"
    excluded = {None: [], "PLAIN": ["LOGIN"], "LOGIN": ["PLAIN"]}[options.mechanism]
    if options.no_login:
        excluded = ["LOGIN", "PLAIN"]

    def server():
        return Server(
            Handler(),
            loop=loop,
            hostname="smtp.example.com",
            enable_SMTPUTF8=not options.no_utf8,
            tls_context=context if is_starttls else None,
            require_starttls=is_starttls,
            authenticator=authenticate,
            auth_required=options.login is not None and not options.no_login,
            auth_require_tls=False,
            auth_exclude_mechanism=excluded,
        )

    if options.hang in ("greeting", "drip"):
        running = await asyncio.start_server(hang, "127.0.0.1", 0)
    else:
        running = await loop.create_server(server, "127.0.0.1", 0, ssl=None if is_starttls else context)
    print(running.sockets[0].getsockname()[1], flush=True)
    # The test closes stdin when it ends.
    await loop.run_in_executor(None, sys.stdin.read)


asyncio.run(main())
