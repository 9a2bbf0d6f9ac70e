"""ssh without a terminal: standard input goes to it as it is, its output and its errors come through us, apart."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess

from callout.errors import CalloutError
from callout.shell.talk import ENDING, PATIENCE_S, PIECE_BYTES, Talk


def talk_on_pipes(talk: Talk) -> int:
    """The exit status of ssh, negative for a signal. Ctrl-C reaches ssh by itself: it is in our process group."""
    with talk.heeding(signal.SIGCHLD, *ENDING):
        process = _started(talk)
        try:
            _pass_on(talk, process)
        finally:
            _end(process)
        talk.read_log()
    return process.returncode


def _started(talk: Talk) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            list(talk.words),
            stdin=talk.doors.keys,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **talk.environment},
        )
    except FileNotFoundError:
        raise CalloutError("ssh is not installed here.", "Install it; see README, What is needed.") from None


def _pass_on(talk: Talk, process: subprocess.Popen[bytes]) -> None:
    """Until ssh has ended and all that it said is passed on, or a signal ends us."""
    assert process.stdout and process.stderr
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        selector.register(process.stderr, selectors.EVENT_READ)
        selector.register(talk.log_reader, selectors.EVENT_READ)
        selector.register(talk.woken, selectors.EVENT_READ)
        speaking = 2
        while speaking and not talk.ended_by:
            # Somebody that ssh has started may hold its pipes after it is gone: what is there by then is all.
            gone = process.poll() is not None
            ready = [key for key, _ in selector.select(0 if gone else None)]
            talk.read_log()
            spoken = [key for key in ready if key.fileobj in (process.stdout, process.stderr)]
            if gone and not spoken:
                return
            for key in spoken:
                data = os.read(key.fd, PIECE_BYTES)
                if not data:
                    selector.unregister(key.fileobj)
                    speaking -= 1
                elif key.fileobj is process.stdout:
                    talk.heard(data)
                    if talk.output_gone:  # ssh is told by its own broken pipe
                        selector.unregister(process.stdout)
                        process.stdout.close()
                        speaking -= 1
                else:
                    talk.errors(data)
                    talk.observer.output(data)
            talk.signals()
        _wait(process, None if not talk.ended_by else PATIENCE_S)


def _wait(process: subprocess.Popen[bytes], patience_s: float | None) -> None:
    if patience_s is not None and process.poll() is None:
        process.terminate()
    try:
        process.wait(patience_s)
    except subprocess.TimeoutExpired:
        process.kill()


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.kill()
    process.wait()
    for pipe in (process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()
