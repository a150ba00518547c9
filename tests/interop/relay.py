# SPDX-License-Identifier: Apache-2.0
"""A relay between a client and a hub, for interop tests that watch or break what passes."""
import socket
import threading


class Relay:
    """Passes connections on; a subclass sees each piece in asked() and answered(), and breaks
    the connection by returning False from the latter."""

    def __init__(self, url):
        host, port = url.removeprefix("http://").split(":")
        self.to = (host, int(port))
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection(self.to)
            for pump, ends in ((self.ask, (client, server)), (self.answer, (server, client))):
                threading.Thread(target=pump, args=ends, daemon=True).start()

    def asked(self, data):
        """A piece of a request is on its way."""

    def answered(self, data, came):
        """A piece of a reply is on its way; came: bytes on its connection so far, with it."""
        return True

    @staticmethod
    def end(*ends):
        for one in ends:
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def ask(self, client, server):
        try:
            while data := client.recv(1 << 16):
                self.asked(data)
                server.sendall(data)
        except OSError:
            pass
        self.end(client, server)

    def answer(self, server, client):
        came = 0
        try:
            while data := server.recv(1 << 16):
                came += len(data)
                if not self.answered(data, came):
                    break
                client.sendall(data)
        except OSError:
            pass
        self.end(client, server)
