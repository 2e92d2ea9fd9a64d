"""Stands in front of a real agent and, once it got SIGUSR1, flips a byte in every body below /.well-known/ni/.

lying_agent.py ADDRESS PORT AGENT-PORT
"""

import asyncio
import signal
import sys

lying = False


async def head(reader):
    """(the head with its end, its first line in words, its fields), or None at the end of the stream."""
    try:
        raw = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    lines = raw.decode("latin-1").split("\r\n")
    fields = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    return raw, lines[0].split(), fields


async def body(reader, writer, left, flip):
    while left:
        chunk = await reader.read(min(left, 65536))
        if not chunk:
            raise ConnectionError
        left -= len(chunk)
        if flip:
            chunk, flip = bytes([chunk[0] ^ 1]) + chunk[1:], False
            print("lied", flush=True)
        writer.write(chunk)
        await writer.drain()


async def pipe(reader, writer):
    while chunk := await reader.read(65536):
        writer.write(chunk)
        await writer.drain()


async def exchange(client, to_client, agent, to_agent):
    """One request and its answer; False when the connection is over."""
    request = await head(client)
    if not request:
        return False
    raw, words, fields = request
    to_agent.write(raw)
    await body(client, to_agent, int(fields.get("content-length", 0)), False)
    answer = await head(agent)
    if not answer:
        return False
    raw, status, fields = answer
    to_client.write(raw)
    if words[0] == "HEAD" or status[1] in ("204", "304"):
        return True
    if "content-length" not in fields:
        await pipe(agent, to_client)
        return False
    bytes_of_a_file = words[1].startswith("/.well-known/ni/") and status[1] in ("200", "206")
    await body(agent, to_client, int(fields["content-length"]), lying and bytes_of_a_file)
    return fields.get("connection", "").lower() != "close"


async def serve(client, to_client, port):
    try:
        agent, to_agent = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        to_client.close()
        return
    try:
        while await exchange(client, to_client, agent, to_agent):
            pass
    except (ConnectionError, asyncio.LimitOverrunError):
        pass
    finally:
        to_client.close()
        to_agent.close()


def lie():
    global lying
    lying = True


async def main(address, port, agent_port):
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, lie)
    server = await asyncio.start_server(lambda r, w: serve(r, w, int(agent_port)), address, int(port))
    print("ready", flush=True)
    await server.serve_forever()


asyncio.run(main(*sys.argv[1:]))
