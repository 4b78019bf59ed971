"""Runs one program on a pseudo-terminal and talks to it by a script.

Reads from standard input a JSON object {command, args, cwd, env, columns, rows, timeoutMs, steps: [{pattern, send}]},
where each pattern is a regular expression looked for in what the program wrote since the step before, without escape
sequences. Writes {raw, status, fault}: all the program wrote, its exit status (128 + n when a signal ended it, null when
it had to be killed), and what went wrong.
"""

import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time

ESCAPES = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")


def spawn(request):
    process, terminal = pty.fork()
    if process == 0:
        try:
            os.chdir(request["cwd"])
            command = request["command"]
            os.execvpe(command, [command, *request["args"]], request["env"])
        except OSError as error:
            print(f"cannot start: {error}", flush=True)
        finally:
            os._exit(127)
    size = struct.pack("HHHH", request["rows"], request["columns"], 0, 0)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, size)
    return process, terminal


class Session:
    def __init__(self, terminal, deadline):
        self.terminal = terminal
        self.deadline = deadline
        self.output = b""
        self.ended = False

    def read(self):
        """Takes one piece of output; false when the time is up."""
        left = self.deadline - time.monotonic()
        if left <= 0 or not select.select([self.terminal], [], [], left)[0]:
            return False
        try:
            piece = os.read(self.terminal, 65536)
        except OSError:  # Linux reports the end of the other side as an input/output error.
            piece = b""
        self.output += piece
        self.ended = piece == b""
        return True

    def text(self):
        return self.output.decode("utf-8", "replace")

    def play(self, steps):
        """Returns what went wrong, or None."""
        seen = 0
        for number, step in enumerate(steps, 1):
            while True:
                match = re.compile(step["pattern"]).search(ESCAPES.sub("", self.text()), seen)
                if match:
                    break
                if self.ended or not self.read():
                    why = "the program ended" if self.ended else "the time was up"
                    return f"step {number}: {why} before /{step['pattern']}/ was seen"
            seen = match.end()
            try:
                os.write(self.terminal, step["send"].encode("utf-8"))
            except OSError as error:
                return f"step {number}: {error}"
        while not self.ended:
            if not self.read():
                return "the program did not end in time"
        return None


def wait(process, deadline):
    while time.monotonic() < deadline:
        done, state = os.waitpid(process, os.WNOHANG)
        if done:
            code = os.waitstatus_to_exitcode(state)
            return code if code >= 0 else 128 - code
        time.sleep(0.005)
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)
    return None


def main():
    request = json.load(sys.stdin)
    deadline = time.monotonic() + request["timeoutMs"] / 1000
    process, terminal = spawn(request)
    session = Session(terminal, deadline)
    fault = session.play(request["steps"])
    if fault is not None:
        deadline = time.monotonic()
    status = wait(process, deadline)
    if status is None and fault is None:
        fault = "the program did not end in time"
    json.dump({"raw": session.text(), "status": status, "fault": fault}, sys.stdout)


if __name__ == "__main__":
    main()
