"""A line to a server that is cut at a chosen moment, for tests of what is known afterwards."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress

# Given what the client sends; True: cut here.
When = Callable[[bytes], bool]


class CuttingProxy:
    """Listens on loopback and passes everything on to a port there. After a cut it passes on again, unless `dead`.

    With `answered` what was sent still arrives and is answered, but the client never hears it.
    """

    def __init__(self, port: int) -> None:
        self._to = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.when: When | None = None
        self.answered = self.dead = False
        self.cuts = 0
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def cut_when(self, when: When, *, answered: bool = False, dead: bool = False) -> None:
        """Cuts once, where `when` says so of something that the client sends."""
        self.when, self.answered, self.dead = when, answered, dead

    def cut_now(self) -> None:
        """Cuts what is open at this moment."""
        for one in self._open:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Cuts everything and listens no more."""
        self.dead = True
        self._listener.close()
        self.cut_now()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                if self.dead and self.cuts:
                    client.close()
                    continue
                server = socket.create_connection(("127.0.0.1", self._to))
                self._open += [client, server]
                heard = threading.Event()
                threading.Thread(target=self._up, args=(client, server, heard), daemon=True).start()
                threading.Thread(target=self._down, args=(server, client, heard), daemon=True).start()

    def _up(self, client: socket.socket, server: socket.socket, heard: threading.Event) -> None:
        with suppress(OSError):
            while data := client.recv(65536):
                if self.when is not None and self.when(data):
                    self.when = None
                    self.cuts += 1
                    if self.answered:
                        heard.set()  # from here on the client hears nothing
                        server.sendall(data)
                        return
                    break
                server.sendall(data)
        self._end(client, server)

    def _down(self, server: socket.socket, client: socket.socket, heard: threading.Event) -> None:
        with suppress(OSError):
            while data := server.recv(65536):
                if heard.is_set():
                    break
                client.sendall(data)
        self._end(client, server)

    def _end(self, *both: socket.socket) -> None:
        for one in both:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
