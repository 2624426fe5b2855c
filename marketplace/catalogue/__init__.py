"""商品、证书、名优目录: what is sold, in which pack, by whom, at what price, with which papers."""
