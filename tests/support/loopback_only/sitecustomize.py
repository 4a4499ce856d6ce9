"""Put on a process's path, this lets it and its Python children reach only this machine."""

import socket

connect = socket.socket.connect


def refuse(self: socket.socket, address: object) -> None:
    if self.family in (socket.AF_INET, socket.AF_INET6):
        host = address[0] if isinstance(address, tuple) else address
        if host not in ("127.0.0.1", "::1", "localhost"):
            raise OSError(f"the build tried to reach {host}")
    connect(self, address)  # type: ignore[arg-type]


socket.socket.connect = refuse  # type: ignore[assignment,method-assign]
