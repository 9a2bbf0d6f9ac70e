"""They look, they never decide: TCP, SSH, web, SIP. The only Paramiko of the project is in the ssh files."""
