"""What the tests share: servers, certificates, keyrings and builders."""
