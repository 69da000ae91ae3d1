"""Templates of the private Dovecot's configuration; `tests.support.servers.dovecot` fills them."""

from __future__ import annotations

CONFIG = """
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/dovecot.log
ssl = yes
ssl_cert = <{cert}
ssl_key = <{key}
ssl_min_protocol = TLSv1.2
disable_plaintext_auth = no
auth_mechanisms = plain login{token_mechanisms}
auth_failure_delay = 0
auth_username_chars =
mail_location = {mail_format}:~/mail
mail_fsync = never
mail_max_userip_connections = 0
first_valid_uid = 1
default_vsz_limit = 0
default_internal_user = {internal_user}
default_login_user = {login_user}
default_internal_group = {internal_group}
{capability}
{acl}
service imap-login {{
  service_count = 0
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
service imap {{
  process_limit = 500
  service_count = 100
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
{tokens}
passdb {{
  driver = passwd-file
  deny = yes
  args = {folder}/refused
}}
passdb {{
  driver = static
  args = password={fixed}
  username_filter = fixed-*
}}
passdb {{
  driver = static
  mechanisms = plain login
  args = nopassword=y
  username_filter = !fixed-* !own-*
}}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {folder}/passwords
  username_filter = own-*
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home/%u
}}
protocol imap {{
  rawlog_dir = {folder}/commands/%u
}}
namespace inbox {{
  inbox = yes
  separator = /
{mailboxes}
}}
"""
ACL = """
mail_plugins = acl
plugin {{
  acl = vfile:{folder}/acls:cache_secs=0
}}
"""
TOKENS = """
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {folder}/oauth2
}}
"""
QUOTA = """
mail_plugins = quota
protocol imap {{
  mail_plugins = quota imap_quota
}}
plugin {{
  quota = count:User quota
  quota_vsizes = yes
  quota_rule = {rule}
}}
"""
