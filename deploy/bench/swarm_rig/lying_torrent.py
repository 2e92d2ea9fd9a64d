"""Stands in front of a real BitTorrent peer and flips a byte in every block that it sends.

lying_torrent.py ADDRESS PORT PEER-PORT
"""

import asyncio
import struct
import sys

HANDSHAKE, PIECE, BLOCK_AT = 68, 7, 9


async def honest(reader, writer):
    while chunk := await reader.read(65536):
        writer.write(chunk)
        await writer.drain()
    writer.write_eof()


async def lying(reader, writer):
    writer.write(await reader.readexactly(HANDSHAKE))
    while True:
        length = await reader.readexactly(4)
        message = bytearray(await reader.readexactly(struct.unpack(">I", length)[0]))
        if len(message) > BLOCK_AT and message[0] == PIECE:
            message[BLOCK_AT] ^= 1
            print("lied", flush=True)
        writer.write(length + message)
        await writer.drain()


async def serve(client, to_client, port):
    try:
        source = "127." + to_client.get_extra_info("peername")[0].partition(".")[2]  # one for each: the peer tells them apart
        peer, to_peer = await asyncio.open_connection("127.0.0.1", port, local_addr=(source, 0))
    except OSError:
        to_client.close()
        return
    try:
        await asyncio.gather(honest(client, to_peer), lying(peer, to_client))
    except (ConnectionError, asyncio.IncompleteReadError):
        pass
    finally:
        to_client.close()
        to_peer.close()


async def main(address, port, peer_port):
    server = await asyncio.start_server(lambda r, w: serve(r, w, int(peer_port)), address, int(port))
    print("ready", flush=True)
    await server.serve_forever()


asyncio.run(main(*sys.argv[1:]))
