"""A WebRTC call on one machine: the Debian Janus, real clients and real loss, in private namespaces.

sandbox         private network, mount and process namespaces; everything in them dies with the caller
topology        server, clients and the switch between them; drops uplink RTP and counts it per SSRC
janus           the Janus server: its configuration directory and its process
call            the three together: start a call, wait, end it, collect what the clients counted
janus_session   asyncio client of Janus's HTTP API (program: aiortc_client)
collector       program: writes the events that Janus posts to a file
record_call     program: records a call into a folder
"""
