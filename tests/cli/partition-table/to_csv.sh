# A binary table is printed as CSV; so is one that comes through a pipe.
otatool partition-table "$DATA/pt_v2tov3_2M"
otatool partition-table - < "$DATA/pt_two1m_md5"
