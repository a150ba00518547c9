#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# usage: tls_server.py CERT KEY SEEN
# Prints its port, answers every request with 401 over TLS, and writes what it was sent to SEEN.
import http.server
import ssl
import sys

certificate, key, seen = sys.argv[1:]


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        with open(seen, "a", encoding="utf-8") as out:
            print(self.requestline, self.headers, file=out)
        self.send_response(401)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_address[1], flush=True)
server.serve_forever()
